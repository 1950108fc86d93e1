import { appendFile, copyFile, rm, stat, writeFile } from "node:fs/promises";
import { imageFiles } from "./debian/vm-image.ts";
import { clonedMachineArchive, newMachineArchive, type VmNics } from "./first-boot.ts";
import type { VmHost } from "./lab.ts";
import { CommandFailedError, HostOffError, LabRequestError } from "./lab-error.ts";
import { type HostState, replaceHostState } from "./lab-state.ts";
import { hostLayout, labLayout } from "./layout.ts";
import { chooseAccelerator } from "./machine/accelerator.ts";
import { machineArchitecture } from "./machine/architecture.ts";
import { openCgroup } from "./machine/cgroup.ts";
import { checkCommand } from "./machine/command.ts";
import { openMonitor } from "./machine/monitor.ts";
import { isPluggedIn, macOf, removeNamespaces, setCable } from "./machine/network.ts";
import { removeDisk } from "./machine/overlay.ts";
import type { VirtualMachine, VmSockets } from "./machine/qemu.ts";
import { createVmNetwork, TAP, type VmNetwork } from "./machine/vm-network.ts";
import { bootVm, type PoweredVm } from "./machine/vm-power.ts";
import type { HostIdentity } from "./machinery.ts";
import { attachToVm } from "./vm-attach.ts";
import { createVmCommands, KILLED } from "./vm-commands.ts";

const FILE_MODE = 0o644;
const CPUS = 1;
const MEMORY_MIB = 1024;
const MOST_CPUS = 16;

/** Throws LabRequestError if there can be no such virtual machine. It may have more CPUs than this machine. */
export function checkVm({ cpus = CPUS, memoryMiB = MEMORY_MIB }: HostState): void {
  if (!Number.isInteger(cpus) || cpus < 1 || cpus > MOST_CPUS) {
    throw new LabRequestError(`${cpus} CPUs: a virtual machine has 1 to ${MOST_CPUS}`);
  }
  if (!Number.isInteger(memoryMiB) || memoryMiB < 256)
    throw new LabRequestError(`${memoryMiB} MiB of memory: use 256 or more`);
}

/** Gives a claimed host its disk and its NICs. It is off until `powerOn`. */
export async function installVm(host: HostIdentity, image: string): Promise<void> {
  const { disk, firstInitrd } = filesOf(host);
  const base = imageFiles(image);
  await checkCommand(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", base.disk, disk]);
  await writeFirstInitrd(base.initrd, firstInitrd, await newMachineArchive(nicsOf(host)));
  await createVmNetwork(networkOf(host));
}

/** As installVm, with the disk that `source` has now. What a running source has in memory alone is written out first. */
export async function cloneVm(source: HostIdentity, host: HostIdentity, image: string): Promise<void> {
  const from = layoutOf(source);
  const { disk, firstInitrd } = filesOf(host);
  const monitor = openMonitor(source.name, socketsOf(source).monitor);
  const copy = () => checkCommand(["cp", "--sparse=always", "--reflink=auto", "--", filesOf(source).disk, disk]);
  const isOn = await (await openCgroup(from.cgroup)).isPopulated();
  if (isOn && (await monitor.isRunning())) {
    await commandsOf(source).check(["sync"]);
    await monitor.freeze(); // QEMU writes its own tables out as it stops
    try {
      await copy();
    } finally {
      await monitor.thaw();
    }
  } else {
    await copy();
  }
  await writeFirstInitrd(imageFiles(image).initrd, firstInitrd, clonedMachineArchive(nicsOf(host)));
  await createVmNetwork(networkOf(host));
}

/** Returns the host without touching it. `onRemoved` is called once it is gone. */
export async function openVm(identity: HostIdentity, image: string, onRemoved: () => void): Promise<VmHost> {
  const { name, state } = identity;
  const { address } = state;
  let { cpus } = state;
  const layout = layoutOf(identity);
  const { firstInitrd } = filesOf(identity);
  const sockets = socketsOf(identity);
  const network = networkOf(identity);
  const cgroup = await openCgroup(layout.cgroup);
  const machine = cgroup.child("machine");
  const monitor = openMonitor(name, sockets.monitor);
  const commands = commandsOf(identity);
  const powered: PoweredVm = {
    host: name,
    namespace: layout.namespace,
    cgroup: machine,
    socketFolder: layout.sockets,
    log: `${layout.folder}/qemu.log`,
  };

  const isOn = () => machine.isPopulated();
  const checkOn = async () => {
    if (!(await isOn())) throw new HostOffError(name);
  };

  const run: VmHost["run"] = async (...run) => {
    await checkOn();
    return commands.run(...run);
  };
  const check: VmHost["check"] = async (...run) => {
    await checkOn();
    return commands.check(...run);
  };

  const setPlugged = async (plugged: boolean) => {
    await setCable(network, plugged ? "up" : "down");
    if (await isOn()) await monitor.setCarrier(plugged);
  };

  const powerOn = async () => {
    await bootVm(powered, address, await isPluggedIn(network), () => describeVm(identity, cpus, image), sockets);
    await rm(firstInitrd, { force: true }); // its first boot is over
  };

  return {
    name,
    address,
    run,
    check,

    async attach(command, options) {
      await checkOn();
      return attachToVm(commands, name, sockets.terminal, command, options);
    },

    async copyIn(from, to, mode) {
      await checkOn();
      const found = await stat(from);
      await commands.send(from, found.size, to, mode ?? found.mode & 0o7777);
    },

    async writeFile(path, content, mode = FILE_MODE) {
      const draft = `${layout.folder}/write.${process.pid}.${performance.now()}`;
      await checkOn();
      await writeFile(draft, content, { mode: 0o600 });
      try {
        await commands.send(draft, Buffer.byteLength(content), path, mode);
      } finally {
        await rm(draft, { force: true });
      }
    },

    readFile: (path) => check(["cat", "--", path]),

    async cutPower() {
      await cgroup.destroy();
    },

    powerOn,

    async reboot() {
      const command = ["systemctl", "--no-block", "reboot"];
      const result = await run(command);
      // One that obeys at once is off before it has told how the command ended.
      if (result.exitCode !== 0 && result.exitCode !== KILLED) throw new CommandFailedError(name, command, result);
      await powerOn();
    },

    async freeze() {
      await checkOn();
      await monitor.freeze();
    },

    async thaw() {
      await checkOn();
      await monitor.thaw();
    },

    partition: () => setPlugged(false),
    heal: () => setPlugged(true),

    async setClock(time) {
      await check(["date", "--utc", `--set=@${time.getTime() / 1000}`]);
    },

    async setCpus(wanted) {
      const changed = { ...state, cpus: wanted };
      checkVm(changed);
      await replaceHostState(identity.lab, name, changed);
      cpus = wanted;
    },

    async remove() {
      await destroyVm(identity);
      onRemoved();
    },
  };
}

/** Destroys all that there is of a host, in whatever state it was left. Harmless if it is gone. */
export async function destroyVm(host: HostIdentity): Promise<void> {
  const { folder, cgroup, namespace } = layoutOf(host);
  await (await openCgroup(cgroup)).destroy();
  await removeNamespaces((found) => found === namespace);
  await removeDisk(folder);
}

async function describeVm(host: HostIdentity, cpus = CPUS, image: string): Promise<VirtualMachine> {
  const { memoryMiB = MEMORY_MIB } = host.state;
  const { disk, firstInitrd } = filesOf(host);
  const { kernel, initrd } = imageFiles(image);
  const architecture = machineArchitecture();
  const isFirstBoot = await stat(firstInitrd).then(
    () => true,
    () => false,
  );
  return {
    architecture,
    accelerator: await chooseAccelerator(architecture, kernel),
    cpus,
    memoryMiB,
    kernel,
    initrd: isFirstBoot ? firstInitrd : initrd,
    disk,
    tap: TAP,
    ...nicsOf(host),
    console: layoutOf(host).console,
    sockets: socketsOf(host),
  };
}

async function writeFirstInitrd(base: string, initrd: string, archive: Uint8Array): Promise<void> {
  await copyFile(base, initrd);
  await appendFile(initrd, archive);
}

function layoutOf({ lab, name, state }: HostIdentity) {
  return hostLayout(lab, name, state.address);
}

function filesOf(host: HostIdentity): { readonly disk: string; readonly firstInitrd: string } {
  const { folder } = layoutOf(host);
  return { disk: `${folder}/disk.qcow2`, firstInitrd: `${folder}/first-boot.img` };
}

function socketsOf(host: HostIdentity): VmSockets {
  const { sockets } = layoutOf(host);
  return {
    monitor: `${sockets}/monitor`,
    agent: `${sockets}/agent`,
    files: `${sockets}/files`,
    terminal: `${sockets}/terminal`,
  };
}

function commandsOf(host: HostIdentity) {
  return createVmCommands(host.name, socketsOf(host), `${layoutOf(host).folder}/files.lock`);
}

function nicsOf(host: HostIdentity): VmNics {
  const { namespace, natNamespace } = layoutOf(host);
  return { address: host.state.address, clusterMac: macOf(namespace), natMac: macOf(natNamespace) };
}

function networkOf(host: HostIdentity): VmNetwork {
  const { namespace, bridgePort } = layoutOf(host);
  return { labNamespace: labLayout(host.lab).namespace, namespace, bridgePort };
}
