import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { UnfitMachineError } from "../lab-error.ts";
import { type Mount, readMountTable } from "./mount-table.ts";

const IN_CGROUP = fileURLToPath(new URL("in-cgroup.sh", import.meta.url));
const POLL_MS = 10;

/**
 * A group of processes that none of its members leaves, so that all of them can be
 * frozen, counted and killed. It lives in the machine's version 2 hierarchy; where
 * systemd has a hierarchy of its own (hybrid machines) its twin there keeps the
 * systemd inside a container from writing into the machine's.
 */
export type Cgroup = {
  /** Makes the group, parents included. Harmless if it exists. */
  create(): Promise<void>;
  /** The command that joins the group and then becomes `command`. */
  enter(command: readonly string[]): readonly string[];
  /** The processes of the group and of every group below it. */
  processes(): Promise<readonly number[]>;
  isPopulated(): Promise<boolean>;
  isFrozen(): Promise<boolean>;
  /** Stops every process, or lets it go on. Resolves when the kernel has done so. */
  setFrozen(frozen: boolean): Promise<void>;
  /** Kills every process, frozen ones too, and removes the group. Harmless if it is gone. */
  destroy(): Promise<void>;
  /** Removes the group unless something still runs in it. */
  removeIfEmpty(): Promise<void>;
  child(name: string): Cgroup;
};

/** Opens the group at `path` below the root of each hierarchy. Throws UnfitMachineError if there is none. */
export async function openCgroup(path: string): Promise<Cgroup> {
  const [unified, ...twins] = findHierarchies(await readMountTable());
  if (unified === undefined) throw new UnfitMachineError("no version 2 cgroup hierarchy is mounted");
  return cgroupAt(
    `${unified}/${path}`,
    twins.map((root) => `${root}/${path}`),
  );
}

/** The version 2 hierarchy first, then systemd's own if it has one. Empty if there is no version 2. */
export function findHierarchies(mounts: readonly Mount[]): readonly string[] {
  const unified = mounts.find(({ type }) => type === "cgroup2");
  const systemd = mounts.find(({ type, superOptions }) => type === "cgroup" && superOptions.includes("name=systemd"));
  return unified ? [unified.point, ...(systemd ? [systemd.point] : [])] : [];
}

function cgroupAt(path: string, twins: readonly string[]): Cgroup {
  const everywhere = [path, ...twins];
  const isPopulated = async () => (await readEvent(path, "populated")) === "1";
  return {
    async create() {
      for (const folder of everywhere) await mkdir(folder, { recursive: true });
    },

    enter: (command) => [IN_CGROUP, ...everywhere.map((folder) => `${folder}/cgroup.procs`), "--", ...command],

    async processes() {
      const files = [path, ...(await foldersBelow(path))].map((folder) => `${folder}/cgroup.procs`);
      const lists = await Promise.all(files.map((file) => readFile(file, "utf8").catch(emptyIfGone)));
      return lists.flatMap((list) => list.split("\n").filter(Boolean).map(Number));
    },

    isPopulated,

    isFrozen: async () => (await readEvent(path, "frozen")) === "1",

    async setFrozen(frozen) {
      await writeFile(`${path}/cgroup.freeze`, frozen ? "1" : "0");
      const wanted = frozen ? "1" : "0";
      while ((await readEvent(path, "frozen")) !== wanted) await sleep(POLL_MS);
    },

    async destroy() {
      const kill = () => writeFile(`${path}/cgroup.kill`, "1").catch(emptyIfGone);
      for (await kill(); await isPopulated(); await kill()) await sleep(POLL_MS); // again: one may just be joining
      for (const folder of everywhere) await removeTree(folder);
    },

    async removeIfEmpty() {
      if (!(await isPopulated())) for (const folder of everywhere) await removeTree(folder);
    },

    child: (name) =>
      cgroupAt(
        `${path}/${name}`,
        twins.map((twin) => `${twin}/${name}`),
      ),
  };
}

/** One value of cgroup.events. Undefined if the group is gone. */
async function readEvent(path: string, key: string): Promise<string | undefined> {
  const events = await readFile(`${path}/cgroup.events`, "utf8").catch(emptyIfGone);
  return new RegExp(`^${key} (\\d)$`, "m").exec(events)?.[1];
}

/** Every group below, the deepest first. */
async function foldersBelow(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(noneIfGone);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => `${path}/${entry.name}`);
  const below = await Promise.all(folders.map(foldersBelow));
  return [...below.flat(), ...folders];
}

async function removeTree(path: string): Promise<void> {
  for (const folder of [...(await foldersBelow(path)), path]) await removeGroup(folder);
}

/** A group stays busy for a moment after its last process has gone. */
async function removeGroup(path: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await rmdir(path);
    } catch (error) {
      if (isGone(error)) return;
      if (attempt === 100) throw error;
      await sleep(POLL_MS);
    }
  }
}

function emptyIfGone(error: unknown): string {
  if (isGone(error)) return "";
  throw error;
}

function noneIfGone(error: unknown): never[] {
  if (isGone(error)) return [];
  throw error;
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENODEV");
}
