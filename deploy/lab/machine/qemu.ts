import type { Architecture } from "./architecture.ts";

/** How a guest's instructions are run: by the processor itself, or emulated. */
export type Accelerator = "kvm" | "tcg";

/** A virtual machine to start: what qemu(1) needs to know. */
export type VirtualMachine = {
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly kernel: string;
  readonly initrd: string;
  /** A qcow2 image. */
  readonly disk: string;
  readonly tap: string;
  readonly clusterMac: string;
  readonly natMac: string;
  /** The file that its console is appended to. */
  readonly console: string;
  readonly sockets: VmSockets;
};

/** Unix sockets that reach a virtual machine without its network, each by one client at a time. */
export type VmSockets = {
  /** QEMU itself: freezes, pulls cables. */
  readonly monitor: string;
  /** The guest agent. */
  readonly agent: string;
  /** What is written here, the guest reads from FILES_PORT. */
  readonly files: string;
  /** The guest's TERMINAL_PORT, both ways. */
  readonly terminal: string;
};

/** The name of the cluster NIC towards QEMU. */
export const CLUSTER_NIC = "cluster";

export const FILES_PORT = "org.cowherd.files";
export const TERMINAL_PORT = "org.cowherd.terminal";

/** Where VirtualBox puts its first and second NIC; the guest names them after these slots. */
const NAT_SLOT = "0x3";
const CLUSTER_SLOT = "0x8";

const ROOT_DISK = "/dev/vda";

/** What a guest's kernel goes without: its cryptography tests itself at every boot, and one with two emulated processors died of it. */
const SPARED = "mitigations=off cryptomgr.notests";

/**
 * The command that is the machine's power: it runs as long as the machine is on, and a
 * machine that is told to reboot goes off. A guest's fsync reaches this machine's kernel
 * (`cache=unsafe` leaves out only the wait for this machine's own disk), so it outlives
 * QEMU; what the guest had not synced dies with its memory.
 */
export function qemuCommand(vm: VirtualMachine): readonly string[] {
  const { architecture, accelerator, sockets } = vm;
  const { console } = architecture;
  return [
    architecture.qemu,
    "-nodefaults",
    "-no-user-config",
    "-no-reboot",
    ...["-display", "none"],
    ...["-machine", architecture.machine],
    ...processor(accelerator, architecture),
    ...["-smp", String(vm.cpus)],
    ...["-m", String(vm.memoryMiB)],
    ...["-kernel", vm.kernel],
    ...["-initrd", vm.initrd],
    ...["-append", `console=${console} root=${ROOT_DISK} rw ${SPARED}`],
    ...["-drive", `file=${vm.disk},if=virtio,format=qcow2,cache=unsafe,discard=unmap`],
    ...["-netdev", "user,id=nat"],
    ...["-device", `virtio-net-pci,netdev=nat,mac=${vm.natMac},addr=${NAT_SLOT},romfile=`],
    ...["-netdev", `tap,id=${CLUSTER_NIC},ifname=${vm.tap},script=no,downscript=no`],
    ...["-device", `virtio-net-pci,netdev=${CLUSTER_NIC},mac=${vm.clusterMac},addr=${CLUSTER_SLOT},romfile=`],
    ...["-device", "virtio-rng-pci"],
    ...["-device", "virtio-serial-pci"],
    ...port("agent", sockets.agent, "org.qemu.guest_agent.0"),
    ...port("files", sockets.files, FILES_PORT),
    ...port("terminal", sockets.terminal, TERMINAL_PORT),
    ...[
      "-chardev",
      `socket,id=monitor,path=${sockets.monitor},server=on,wait=off`,
      "-mon",
      "chardev=monitor,mode=control",
    ],
    ...["-chardev", `file,id=console,path=${vm.console},append=on`, "-serial", "chardev:console"],
  ];
}

/** The arguments that choose the processor. */
export function processor(accelerator: Accelerator, { emulatedCpu }: Architecture): readonly string[] {
  if (accelerator === "kvm") return ["-accel", "kvm", "-cpu", "host"];
  return ["-accel", "tcg,thread=multi,tb-size=256", "-cpu", emulatedCpu];
}

function port(id: string, socket: string, name: string): readonly string[] {
  return [
    ...["-chardev", `socket,id=${id},path=${socket},server=on,wait=off`],
    ...["-device", `virtserialport,chardev=${id},name=${name}`],
  ];
}
