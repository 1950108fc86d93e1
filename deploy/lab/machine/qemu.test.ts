import { expect, it } from "vitest";
import { UnfitMachineError } from "../lab-error.ts";
import { machineArchitecture } from "./architecture.ts";
import { qemuCommand, type VirtualMachine } from "./qemu.ts";

const vm: VirtualMachine = {
  architecture: machineArchitecture("x64"),
  accelerator: "tcg",
  cpus: 3,
  memoryMiB: 2048,
  kernel: "/image/vmlinuz",
  initrd: "/image/initrd.img",
  disk: "/lab/disk.qcow2",
  tap: "tap0",
  clusterMac: "08:00:27:00:00:01",
  natMac: "08:00:27:00:00:02",
  console: "/lab/console.log",
  sockets: { monitor: "/s/monitor", agent: "/s/agent", files: "/s/files", terminal: "/s/terminal" },
};

/** What follows each use of one option. */
const values = (command: readonly string[], option: string) =>
  command.flatMap((word, index) => (word === option ? [command[index + 1]] : []));

it("gives a machine the two NICs of the manual, and no way out by the cluster's", () => {
  const command = qemuCommand(vm);
  expect(values(command, "-netdev")).toEqual(["user,id=nat", "tap,id=cluster,ifname=tap0,script=no,downscript=no"]);
  const nics = values(command, "-device").filter((device) => device?.startsWith("virtio-net"));
  expect(nics).toEqual([
    "virtio-net-pci,netdev=nat,mac=08:00:27:00:00:02,addr=0x3,romfile=",
    "virtio-net-pci,netdev=cluster,mac=08:00:27:00:00:01,addr=0x8,romfile=",
  ]);
});

it("goes off when the guest reboots, and has the CPUs and the memory that were asked for", () => {
  const command = qemuCommand(vm);
  expect(command).toContain("-no-reboot");
  expect(values(command, "-smp")).toEqual(["3"]);
  expect(values(command, "-m")).toEqual(["2048"]);
});

it("uses the processor itself with KVM, and a modest one without", () => {
  expect(values(qemuCommand({ ...vm, accelerator: "kvm" }), "-cpu")).toEqual(["host"]);
  expect(values(qemuCommand(vm), "-cpu")).toEqual(["Westmere"]);
});

it("knows two processors and says so to the owner of another", () => {
  expect(qemuCommand({ ...vm, architecture: machineArchitecture("arm64") })[0]).toBe("qemu-system-aarch64");
  expect(() => machineArchitecture("riscv64")).toThrow(UnfitMachineError);
});
