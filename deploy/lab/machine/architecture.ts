import { UnfitMachineError } from "../lab-error.ts";

/** What a virtual machine is on one kind of processor. */
export type Architecture = {
  /** Debian's kernel for virtual machines. */
  readonly kernelPackage: string;
  readonly qemuPackage: string;
  readonly qemu: string;
  readonly machine: string;
  /** The processor without hardware support: a modest one, since every instruction set that is emulated costs. */
  readonly emulatedCpu: string;
  /** The kernel's name for the first serial port. */
  readonly console: string;
};

/** By the name that dpkg has for it. arm64 follows QEMU's manual and was never tried. */
const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  amd64: {
    kernelPackage: "linux-image-cloud-amd64",
    qemuPackage: "qemu-system-x86",
    qemu: "qemu-system-x86_64",
    machine: "pc",
    emulatedCpu: "Westmere",
    console: "ttyS0",
  },
  arm64: {
    kernelPackage: "linux-image-cloud-arm64",
    qemuPackage: "qemu-system-arm",
    qemu: "qemu-system-aarch64",
    machine: "virt",
    emulatedCpu: "cortex-a57",
    console: "ttyAMA0",
  },
};

const NODE_NAMES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** The machine's own architecture. Throws UnfitMachineError if the lab has no virtual machines for it. */
export function machineArchitecture(nodeArchitecture: string = process.arch): Architecture {
  const architecture = ARCHITECTURES[NODE_NAMES[nodeArchitecture] ?? ""];
  if (architecture) return architecture;
  throw new UnfitMachineError(`a lab of virtual machines runs on x64 and arm64, and this is ${nodeArchitecture}`);
}
