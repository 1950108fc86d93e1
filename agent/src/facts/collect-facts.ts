import type { ResourceSpec } from "@cowherd/proto";
import { parseSigningRequest, signingRequestPath } from "../resources/signing-request.ts";
import type { Facts, Processors, TlsRequest, UserKey } from "./facts.ts";
import type { Machine } from "./machine.ts";
import { findMpiLauncher, mpiLauncherLinks } from "./mpi-launcher.ts";
import { hasNetplan } from "./netplan.ts";
import { relevantInterfaces } from "./network-interfaces.ts";
import { readNfsAbility } from "./nfs-ability.ts";
import { parseOsRelease } from "./os-release.ts";
import { countAllowedProcessors, countPhysicalCores, countProcessorList } from "./processor-counts.ts";
import { parseCpuMax, sharedCgroups, tightestQuota } from "./processor-quota.ts";
import { parsePublicKey } from "./public-key.ts";

/**
 * Reads what there is to know of a machine. Starts no other process and changes nothing.
 *
 * `resources` are those of the desired state that holds now: their ssh keys are the user keys, and their TLS keys' requests are told.
 */
export async function collectFacts(
  machine: Machine,
  resources: readonly ResourceSpec[],
  agentVersion: string,
): Promise<Facts> {
  const release = parseOsRelease((await machine.readText("/etc/os-release")) ?? "");
  const kernel = machine.kernel();
  return {
    hostname: machine.hostname(),
    machineId: ((await machine.readText("/etc/machine-id")) ?? "").trim(),
    os: {
      id: release.get("ID") ?? "linux", // os-release(5) gives this default
      versionId: release.get("VERSION_ID") ?? "",
      kernel: kernel.release,
      architecture: kernel.architecture,
    },
    processors: await readProcessors(machine),
    memoryBytes: await machine.memory(),
    interfaces: relevantInterfaces(await machine.interfaces()),
    hostKeys: await readHostKeys(machine),
    userKeys: await readUserKeys(machine, resources),
    agentVersion,
    nfs: await readNfsAbility(machine, kernel.release),
    netplan: await hasNetplan(machine),
    mpirun: await findMpiLauncher(machine),
    tlsRequests: await readTlsRequests(machine, resources),
  };
}

async function readProcessors(machine: Machine): Promise<Processors> {
  const online = countProcessorList((await machine.readText("/sys/devices/system/cpu/online")) ?? "");
  // What init may use is what it hands on; the agent's own affinity may be its unit's.
  const allowed = countAllowedProcessors((await machine.readText("/proc/1/status")) ?? "");
  const schedulable = allowed ?? machine.parallelism();
  const cores = countPhysicalCores((await machine.readText("/proc/cpuinfo")) ?? "");
  const limits = sharedCgroups.map((cgroup) => machine.readText(`/sys/fs/cgroup${cgroup}/cpu.max`));
  return {
    online: online === 0 ? schedulable : online,
    schedulable,
    quota: tightestQuota((await Promise.all(limits)).map((text) => parseCpuMax(text ?? ""))),
    cores: cores ?? (online === 0 ? schedulable : online),
  };
}

/**
 * Where the public keys are that sshd has by its defaults, sshd_config(5). They are made anew
 * by a cloud-init that takes the machine for a new one, while the agent starts; the dsa key
 * that it makes with them is one that no sshd offers any more.
 */
const hostKeyFiles: readonly string[] = ["rsa", "ecdsa", "ed25519"].map((kind) => `/etc/ssh/ssh_host_${kind}_key.pub`);

/** The files in which facts change while the agent runs, and of which it tells at once. */
export const factFiles: readonly string[] = [...hostKeyFiles, ...mpiLauncherLinks];

async function readHostKeys(machine: Machine): Promise<readonly string[]> {
  const keys = await Promise.all(hostKeyFiles.map((path) => machine.readText(path)));
  return keys
    .map((text) => parsePublicKey(text ?? ""))
    .filter((key) => key !== undefined)
    .sort();
}

async function readUserKeys(machine: Machine, resources: readonly ResourceSpec[]): Promise<readonly UserKey[]> {
  const keys: UserKey[] = [];
  for (const resource of resources) {
    if (resource.kind !== "sshKey") continue;
    const key = parsePublicKey((await machine.readUserText(`${resource.path}.pub`)) ?? "");
    if (key !== undefined) keys.push({ user: resource.user, key });
  }
  return keys;
}

async function readTlsRequests(machine: Machine, resources: readonly ResourceSpec[]): Promise<readonly TlsRequest[]> {
  const requests: TlsRequest[] = [];
  for (const resource of resources) {
    if (resource.kind !== "tlsKey") continue;
    const csr = parseSigningRequest((await machine.readText(signingRequestPath(resource.path))) ?? "");
    if (csr !== undefined) requests.push({ path: resource.path, csr: csr.toString("base64") });
  }
  return requests;
}
