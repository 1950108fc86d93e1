import { mkdir, open, readFile, rename, rm, symlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { BootOptions, Lab, LabHost } from "./lab.ts";
import { LabRequestError } from "./lab-error.ts";
import {
  claimHost,
  claimLab,
  type HostState,
  isAbandoned,
  type LabKind,
  type LabState,
  listLabFolders,
  readHostStates,
  readLabState,
} from "./lab-state.ts";
import { checkAddress, checkName, LABS_LOCK, labLayout, SUBNET } from "./layout.ts";
import { openCgroup } from "./machine/cgroup.ts";
import { startCommand } from "./machine/command.ts";
import { withFileLock } from "./machine/file-lock.ts";
import { createLabNetwork, namespacePath, removeNamespaces } from "./machine/network.ts";
import { removeDisk } from "./machine/overlay.ts";
import { identifyProcess, readBootId } from "./machine/process-identity.ts";
import type { HostIdentity, Machinery } from "./machinery.ts";
import { nspawnMachinery } from "./nspawn-machinery.ts";
import { vmMachinery } from "./vm-machinery.ts";

export type CreateOptions = {
  /** Lets the lab outlive this process. Otherwise the next lab that is created after its death sweeps it away. */
  readonly keep?: boolean;
  /** Told, in a line each, what takes long: the first lab on a machine builds what every later one stands on. */
  readonly report?: (line: string) => void;
  /**
   * Packages that hosts have from the start, beside what a plain server has: what a container
   * installs in seconds takes an emulated processor minutes.
   */
  readonly installed?: readonly string[];
};

const SERVER = fileURLToPath(new URL("file-server.ts", import.meta.url));
const SERVER_START_MS = 20_000;
const REPOSITORY = "debian";

/** Who makes the hosts of a lab of each kind. */
const MACHINERIES: Readonly<Record<LabKind, Machinery<LabHost>>> = { nspawn: nspawnMachinery, vm: vmMachinery };

/** Makes a lab without hosts, which `machinery` will make. See createNspawnLab. */
export async function createLab<Host extends LabHost>(
  machinery: Machinery<Host>,
  name: string,
  { keep = false, report, installed = [] }: CreateOptions,
): Promise<Lab<Host>> {
  const layout = labLayout(name);
  const { disk, repository } = await machinery.prepare(report, installed);
  const owner = keep ? undefined : await identifyProcess(process.pid);
  const bootId = await readBootId();
  const state: LabState = { kind: machinery.kind, bootId, rootFileSystem: disk, ...(owner && { owner }) };
  await withFileLock(LABS_LOCK, async () => {
    await sweep();
    if (!(await claimLab(name, state))) throw new LabRequestError(`lab ${name} is up already`);
  });
  try {
    await mkdir(layout.hosts);
    await mkdir(layout.served);
    await symlink(repository, `${layout.served}/${REPOSITORY}`);
    await createLabNetwork({ namespace: layout.namespace, address: SUBNET.lab, bits: SUBNET.bits });
    await startServer(name);
  } catch (error) {
    await takeDown(name);
    throw error;
  }
  return attachLab(machinery, name, disk);
}

/** Attaches to a lab that is up, of whatever kind and whoever made it. Throws LabRequestError if there is none of this name. */
export async function openLab(name: string): Promise<Lab> {
  const state = await readLabState(checkName("lab", name));
  if (state === undefined) throw new LabRequestError(`no lab ${name} is up`);
  return attachLab(MACHINERIES[state.kind], name, state.rootFileSystem);
}

/** The labs that are up, abandoned ones included. */
export async function listLabs(): Promise<readonly string[]> {
  const labs: string[] = [];
  for (const name of await listLabFolders()) if (await readLabState(name)) labs.push(name);
  return labs;
}

async function attachLab<Host extends LabHost>(
  machinery: Machinery<Host>,
  name: string,
  disk: string,
): Promise<Lab<Host>> {
  const { folder, served } = labLayout(name);
  const hosts = new Map<string, Host>();
  const open = (identity: HostIdentity) => machinery.open(identity, disk, () => hosts.delete(identity.name));
  for (const [host, state] of await readHostStates(name)) {
    hosts.set(host, await open({ lab: name, name: host, state }));
  }

  const make = async (host: string, options: BootOptions, install: (identity: HostIdentity) => Promise<void>) => {
    const state = await claimNewHost(machinery, name, host, options);
    const identity = { lab: name, name: host, state };
    try {
      const opened = await open(identity);
      await install(identity);
      await opened.powerOn();
      hosts.set(host, opened);
      return opened;
    } catch (error) {
      await machinery.destroy(identity);
      throw error;
    }
  };

  return {
    name,
    hosts,
    url: `http://${SUBNET.lab}`,

    async boot(host, options) {
      const { rootFileSystem = disk } = options;
      if (machinery.kind === "vm" && rootFileSystem !== disk) {
        throw new LabRequestError(`${host}: disks of virtual machines have no choice of what they start as`);
      }
      return make(host, options, (identity) => machinery.install(identity, rootFileSystem));
    },

    async clone(source, host, options) {
      const state = (await readHostStates(name)).get(source);
      if (state === undefined) throw new LabRequestError(`lab ${name} has no host ${source}`);
      return make(host, options, (identity) => machinery.clone({ lab: name, name: source, state }, identity, disk));
    },

    async serve(what, path) {
      const draft = `${folder}/${checkName("served", what)}.link`;
      await rm(draft, { force: true });
      await symlink(path, draft);
      await rename(draft, `${served}/${what}`);
      return `http://${SUBNET.lab}/${what}`;
    },

    down: () => takeDown(name),
  };
}

async function claimNewHost(
  machinery: Machinery<LabHost>,
  lab: string,
  host: string,
  { address, cpus, memoryMiB }: BootOptions,
): Promise<HostState> {
  checkName("host", host);
  checkAddress(address);
  const state: HostState = {
    address,
    ...(cpus !== undefined && { cpus }),
    ...(memoryMiB !== undefined && { memoryMiB }),
  };
  machinery.checkState(state);
  for (const [name, other] of await readHostStates(lab)) {
    if (other.address === address) throw new LabRequestError(`address ${address} is that of ${name}`);
  }
  if (!(await claimHost(lab, host, state))) throw new LabRequestError(`lab ${lab} has a host ${host} already`);
  return state;
}

/** Destroys every lab that nobody will take down. The caller holds the lock. */
async function sweep(): Promise<void> {
  for (const name of await listLabFolders()) {
    if (await isAbandoned(await readLabState(name))) await destroyLab(name);
  }
}

function takeDown(name: string): Promise<void> {
  return withFileLock(LABS_LOCK, () => destroyLab(name));
}

/** Destroys all that there is of a lab, in whatever state it was left. The folder goes last: it is how a lab is found. */
async function destroyLab(name: string): Promise<void> {
  const { folder, cgroup, namespace, hostNamespacePrefix } = labLayout(name);
  const machinery = MACHINERIES[(await readLabState(name))?.kind ?? "nspawn"];
  await (await openCgroup(cgroup)).destroy();
  for (const [host, state] of await readHostStates(name)) await machinery.destroy({ lab: name, name: host, state });
  await removeNamespaces((found) => found === namespace || found.startsWith(hostNamespacePrefix));
  await removeDisk(folder);
}

/** Starts what serves the lab's files, in the lab's network and for as long as the lab is up. */
async function startServer(lab: string): Promise<void> {
  const { cgroup, namespace, served, serverLog } = labLayout(lab);
  const group = (await openCgroup(cgroup)).child("server");
  await group.create();
  await using log = await open(serverLog, "a");
  const server = [process.execPath, SERVER, served, SUBNET.lab, "80"];
  const running = await startCommand(group.enter(["nsenter", `--net=${namespacePath(namespace)}`, ...server]), log.fd);
  const deadline = performance.now() + SERVER_START_MS;
  while (!(await readFile(serverLog, "utf8")).includes("listening")) {
    if (running.hasEnded() || performance.now() > deadline) {
      throw new Error(`the lab's file server does not start: ${await readFile(serverLog, "utf8")}`);
    }
    await sleep(20);
  }
}
