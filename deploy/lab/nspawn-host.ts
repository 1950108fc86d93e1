import { randomUUID } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { type ContainerRunOptions, createContainerCommands } from "./container-commands.ts";
import type { LabHost } from "./lab.ts";
import { HostOffError, LabRequestError } from "./lab-error.ts";
import { replaceHostState } from "./lab-state.ts";
import { hostLayout, labLayout, NAT, SUBNET } from "./layout.ts";
import { type Cgroup, openCgroup } from "./machine/cgroup.ts";
import { checkCommand } from "./machine/command.ts";
import { createHostNetwork, type HostNetwork, removeNamespaces, setCable } from "./machine/network.ts";
import { bootContainer, type Container, forgetContainer } from "./machine/nspawn.ts";
import { copyChanges, diskBase, diskRoot, mountDisk, removeDisk, unmountBelow } from "./machine/overlay.ts";
import type { HostIdentity } from "./machinery.ts";

const FILE_MODE = 0o644;

/** Gives a claimed host its disk and its NICs. It is off until `powerOn`. */
export async function installHost({ lab, name, state }: HostIdentity, rootFileSystem: string): Promise<void> {
  const { folder, cgroup } = hostLayout(lab, name, state.address);
  const installer = (await openCgroup(cgroup)).child("installer");
  await installer.create();
  await mountDisk({ base: rootFileSystem, folder });
  await makeDistinct(diskRoot(folder), installer);
  await createHostNetwork(networkOf(lab, name, state.address));
}

/** As installHost, with the disk that `source` has now. */
export async function cloneHost(source: HostIdentity, target: HostIdentity): Promise<void> {
  const from = hostLayout(source.lab, source.name, source.state.address);
  const { folder } = hostLayout(target.lab, target.name, target.state.address);
  const running = await openCgroup(from.cgroup);
  const isOn = await running.isPopulated();
  const pausesNow = isOn && !(await running.isFrozen());
  if (pausesNow) await running.setFrozen(true); // or the copy is of no one moment
  try {
    await copyChanges(from.folder, folder);
  } finally {
    if (pausesNow) await running.setFrozen(false);
  }
  await mountDisk({ base: await diskBase(from.folder), folder });
  await createHostNetwork(networkOf(target.lab, target.name, target.state.address));
}

/** Returns the host without touching it. `onRemoved` is called once it is gone. */
export async function openHost(identity: HostIdentity, onRemoved: () => void): Promise<LabHost> {
  const { lab, name, state } = identity;
  const { address } = state;
  const layout = hostLayout(lab, name, address);
  const network = networkOf(lab, name, address);
  const cgroup = await openCgroup(layout.cgroup);
  let { cpus } = state;
  let container: Container = {
    machine: layout.machine,
    root: diskRoot(layout.folder),
    namespace: layout.namespace,
    cgroup: cgroup.child("machine"),
    console: layout.console,
    cpus: chooseCpus(cpus, availableParallelism(), address),
  };

  const { run, check, attach } = createContainerCommands(name, cgroup.child("commands"), () => container);

  const install = async (path: string, mode: number, input: ContainerRunOptions) => {
    await check(["install", "-D", "-m", mode.toString(8), "/dev/stdin", path], input);
  };

  const powerOn = () => {
    container = { ...container, cpus: chooseCpus(cpus, availableParallelism(), address) };
    return bootContainer(name, address, container);
  };

  return {
    name,
    address,
    run,
    check,
    attach: (command, options) => attach(command, { ...options, env: terminal() }),

    async copyIn(from, to, mode) {
      await using file = await open(from);
      await install(to, mode ?? (await file.stat()).mode & 0o7777, { inputFile: file.fd });
    },

    writeFile: (path, content, mode = FILE_MODE) => install(path, mode, { input: content }),
    readFile: (path) => check(["cat", "--", path]),

    async cutPower() {
      await cgroup.destroy();
    },

    powerOn,

    async reboot() {
      await check(["systemctl", "reboot"]);
      await powerOn();
    },

    async freeze() {
      if (!(await container.cgroup.isPopulated())) throw new HostOffError(name);
      await cgroup.setFrozen(true);
    },

    async thaw() {
      if (!(await container.cgroup.isPopulated())) throw new HostOffError(name);
      await cgroup.setFrozen(false);
    },

    partition: () => setCable(network, "down"),
    heal: () => setCable(network, "up"),

    async setCpus(wanted) {
      chooseCpus(wanted, availableParallelism(), address);
      await replaceHostState(lab, name, { ...state, cpus: wanted });
      cpus = wanted;
    },

    async remove() {
      await destroyHost(identity);
      onRemoved();
    },
  };
}

/** Destroys all that there is of a host, in whatever state it was left. Harmless if it is gone. */
export async function destroyHost({ lab, name, state }: HostIdentity): Promise<void> {
  const { folder, cgroup, namespace, natNamespace, machine } = hostLayout(lab, name, state.address);
  await (await openCgroup(cgroup)).destroy();
  await forgetContainer(machine, diskRoot(folder));
  await unmountBelow(folder);
  await removeNamespaces((found) => found === namespace || found === natNamespace);
  await removeDisk(folder);
}

/** Picks the CPUs of a host. Hosts with neighbouring addresses start at neighbouring CPUs. */
export function chooseCpus(wanted: number | undefined, present: number, address: string): readonly number[] {
  if (wanted === undefined) return [];
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > present) {
    throw new LabRequestError(`${wanted} CPUs: this machine can give 1 to ${present}`);
  }
  const first = Number(address.split(".").at(-1)) % present;
  return Array.from({ length: wanted }, (_, index) => (first + index) % present).toSorted((a, b) => a - b);
}

/** What every installation makes for itself: its machine id and its SSH host keys. */
async function makeDistinct(root: string, installer: Cgroup): Promise<void> {
  await writeFile(`${root}/etc/machine-id`, `${randomUUID().replaceAll("-", "")}\n`);
  // Slow enough to outlive us if we are killed. Of RSA the shortest key that Debian makes no fuss about: its own takes four times as long.
  const rsa = ["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", "/etc/ssh/ssh_host_rsa_key"];
  for (const words of [rsa, ["-A"]]) await checkCommand(installer.enter(["chroot", root, "ssh-keygen", ...words]));
}

function networkOf(lab: string, name: string, address: string): HostNetwork {
  const { namespace, natNamespace, bridgePort } = hostLayout(lab, name, address);
  const cluster = { address, bits: SUBNET.bits };
  return { labNamespace: labLayout(lab).namespace, namespace, natNamespace, bridgePort, cluster, nat: NAT };
}

function terminal(): Readonly<Record<string, string>> {
  const { TERM = "dumb" } = process.env;
  return { TERM };
}
