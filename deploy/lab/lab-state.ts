import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostLayout, LABS_FOLDER, labLayout } from "./layout.ts";
import { isAlive, type ProcessIdentity, readBootId } from "./machine/process-identity.ts";

/** What the hosts of a lab are: containers of systemd-nspawn, or virtual machines of QEMU. */
export type LabKind = "nspawn" | "vm";

/** What cannot be told from a lab's name. */
export type LabState = {
  readonly kind: LabKind;
  readonly bootId: string;
  /** The process that the lab dies with. Absent from a lab that is kept. */
  readonly owner?: ProcessIdentity;
  /** The folder that its hosts' disks start as: a root file system, or an image of one. */
  readonly rootFileSystem: string;
};

export type HostState = { readonly address: string; readonly cpus?: number; readonly memoryMiB?: number };

/** Writes the lab's folder and its state in one step. False if there is a lab of that name. */
export async function claimLab(lab: string, state: LabState): Promise<boolean> {
  const draft = `${LABS_FOLDER}/.${randomUUID()}`;
  await mkdir(draft, { recursive: true });
  try {
    await writeFile(`${draft}/lab.json`, JSON.stringify(state));
    await rename(draft, labLayout(lab).folder); // refuses a folder that is not empty
    return true;
  } catch (error) {
    if (hasCode(error, "ENOTEMPTY") || hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Undefined if there is no such lab. */
export async function readLabState(lab: string): Promise<LabState | undefined> {
  return readState(labLayout(lab).stateFile, parseLabState);
}

/** Writes the host's folder and its state. False if the lab has a host of that name. */
export async function claimHost(lab: string, host: string, state: HostState): Promise<boolean> {
  const { folder, stateFile } = hostLayout(lab, host, state.address);
  try {
    await mkdir(folder);
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
  await writeFile(stateFile, JSON.stringify(state));
  return true;
}

/** Replaces the state of a host that was claimed. */
export async function replaceHostState(lab: string, host: string, state: HostState): Promise<void> {
  const { stateFile } = hostLayout(lab, host, state.address);
  const draft = `${stateFile}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(state));
  await rename(draft, stateFile);
}

/** The hosts of a lab, in the order of their names. */
export async function readHostStates(lab: string): Promise<ReadonlyMap<string, HostState>> {
  const names = await readdir(labLayout(lab).hosts).catch(() => []); // a lab cut short may lack the folder
  const states = new Map<string, HostState>();
  for (const name of names.toSorted()) {
    const state = await readState(hostLayout(lab, name, "").stateFile, parseHostState);
    if (state) states.set(name, state);
  }
  return states;
}

/** Every lab on this machine, and drafts and remains of labs, which have no state. */
export async function listLabFolders(): Promise<readonly string[]> {
  const entries = await readdir(LABS_FOLDER).catch(() => []); // no folder before the first lab
  return entries.filter((entry) => !entry.startsWith("."));
}

/** Whether nobody will take the lab down any more: its owner has died, or the machine has started anew since. */
export async function isAbandoned(state: LabState | undefined): Promise<boolean> {
  if (state === undefined || state.bootId !== (await readBootId())) return true;
  return state.owner !== undefined && !(await isAlive(state.owner));
}

export function parseLabState(json: string): LabState | undefined {
  const value: unknown = JSON.parse(json);
  if (!isRecord(value)) return undefined;
  const { bootId, rootFileSystem, owner, kind = "nspawn" } = value; // labs of old had one kind
  if (typeof bootId !== "string" || typeof rootFileSystem !== "string") return undefined;
  if (kind !== "nspawn" && kind !== "vm") return undefined;
  if (owner === undefined) return { kind, bootId, rootFileSystem };
  if (!isRecord(owner)) return undefined;
  const { pid, startTime } = owner;
  if (typeof pid !== "number" || typeof startTime !== "string") return undefined;
  return { kind, bootId, rootFileSystem, owner: { pid, startTime } };
}

export function parseHostState(json: string): HostState | undefined {
  const value: unknown = JSON.parse(json);
  if (!isRecord(value)) return undefined;
  const { address, cpus, memoryMiB } = value;
  if (typeof address !== "string" || !isOptionalNumber(cpus) || !isOptionalNumber(memoryMiB)) return undefined;
  return { address, ...(cpus !== undefined && { cpus }), ...(memoryMiB !== undefined && { memoryMiB }) };
}

async function readState<T>(file: string, parse: (json: string) => T | undefined): Promise<T | undefined> {
  try {
    return parse(await readFile(file, "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT") || error instanceof SyntaxError) return undefined; // half written: the same as absent
    throw error;
  }
}

function isOptionalNumber(value: unknown): value is number | undefined {
  return value === undefined || typeof value === "number";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
