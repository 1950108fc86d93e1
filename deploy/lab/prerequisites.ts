import { readFile } from "node:fs/promises";
import { UNATTENDED } from "./debian/machine-apt.ts";
import type { LabKind } from "./lab-state.ts";
import { machineArchitecture } from "./machine/architecture.ts";
import { findHierarchies } from "./machine/cgroup.ts";
import { checkCommand, runCommand } from "./machine/command.ts";
import { readMountTable } from "./machine/mount-table.ts";

/** The Debian and Ubuntu packages that a lab needs on the machine that runs it, and a command of each. */
export const PREREQUISITES: Readonly<Record<string, string>> = {
  mmdebstrap: "mmdebstrap", // builds the root file system
  "systemd-container": "systemd-nspawn", // boots it
  iproute2: "ip", // lays the networks
  procps: "sysctl", // lets a gateway answer
  "apt-utils": "apt-ftparchive", // indexes the repository
  "util-linux": "nsenter", // enters containers; flock
  gcc: "cc", // compiles the program of two ranks, which the product's package has
  "libc6-dev": "gencat", // its headers; that command comes with what it depends on
};

/** What a lab of virtual machines needs beside those. Throws UnfitMachineError if this machine's processor is not known. */
export function vmPrerequisites(nodeArchitecture?: string): Readonly<Record<string, string>> {
  const { qemuPackage, qemu } = machineArchitecture(nodeArchitecture);
  return {
    [qemuPackage]: qemu, // runs them
    "qemu-utils": "qemu-img", // makes their disks
    e2fsprogs: "mkfs.ext4", // makes the disk that theirs start as
    "openssh-client": "ssh-keygen", // makes their host keys
  };
}

const LOCK_WAIT_SECONDS = 300;

/** What decides whether a machine can run a lab at all, whatever is installed on it. */
export type MachineProfile = {
  readonly platform: string;
  readonly uid: number | undefined;
  /** ID and ID_LIKE of os-release(5). */
  readonly distributions: readonly string[];
  readonly hasUnifiedCgroups: boolean;
};

/** Says why this machine cannot run a lab, however much is installed. Undefined if it can. */
export async function whyUnfit(): Promise<string | undefined> {
  return judgeMachine(await profileMachine());
}

/** Installs the packages that labs of a kind lack, waiting for apt's lock. `report` gets one line per step. */
export async function installPrerequisites(report: (line: string) => void, kind: LabKind = "nspawn"): Promise<void> {
  const missing = await missingPrerequisites(kind);
  if (missing.length === 0) return;
  const apt = ["apt-get", "--quiet=2", "--option", `DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS}`];
  report("updating the package lists");
  // A source that is not Debian's may be out of reach; what matters is whether the packages can be had.
  await runCommand([...apt, "update"], { env: UNATTENDED });
  report(`installing ${missing.join(", ")}`);
  await checkCommand([...apt, "install", "--yes", "--no-install-recommends", ...missing], { env: UNATTENDED });
}

/** The packages that labs of a kind need and whose command this machine lacks. */
export async function missingPrerequisites(kind: LabKind = "nspawn"): Promise<readonly string[]> {
  const missing: string[] = [];
  const needed = kind === "vm" ? { ...PREREQUISITES, ...vmPrerequisites() } : PREREQUISITES;
  for (const [name, command] of Object.entries(needed)) {
    const found = await runCommand(["which", command]);
    if (found.exitCode !== 0) missing.push(name);
  }
  return missing;
}

export function judgeMachine(machine: MachineProfile): string | undefined {
  if (machine.platform !== "linux") return `a lab runs on Linux only, and this is ${machine.platform}`;
  if (!machine.distributions.some((name) => name === "debian" || name === "ubuntu")) {
    return `a lab builds its hosts with apt, and this is ${machine.distributions[0] ?? "no known distribution"}`;
  }
  if (machine.uid !== 0) return "a lab needs root: it makes network namespaces, mounts and containers";
  if (!machine.hasUnifiedCgroups) return "a lab needs version 2 cgroups, and this machine has none mounted";
  return undefined;
}

async function profileMachine(): Promise<MachineProfile> {
  const isLinux = process.platform === "linux";
  return {
    platform: process.platform,
    uid: process.getuid?.(),
    distributions: isLinux ? readDistributions(await readFile("/etc/os-release", "utf8")) : [],
    hasUnifiedCgroups: isLinux && findHierarchies(await readMountTable()).length > 0,
  };
}

export function readDistributions(osRelease: string): readonly string[] {
  const value = (key: string) => new RegExp(`^${key}="?([^"\n]*)"?$`, "m").exec(osRelease)?.[1] ?? "";
  return [value("ID"), ...value("ID_LIKE").split(" ")].filter((name) => name !== "");
}
