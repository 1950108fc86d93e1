import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { checkCommand } from "./command.ts";

const BRIDGE = "br0";
const NAMESPACES = "/run/netns";

/** A lab's network: a bridge in a namespace with no way out of it. */
export type LabNetwork = { readonly namespace: string; readonly address: string; readonly bits: number };

/** A host's NICs, each on a cable of its own: enp0s8 on the lab's bridge, enp0s3 on a NAT that leads nowhere. */
export type HostNetwork = {
  readonly labNamespace: string;
  readonly namespace: string;
  readonly natNamespace: string;
  readonly bridgePort: string;
  readonly cluster: { readonly address: string; readonly bits: number };
  readonly nat: { readonly address: string; readonly gateway: string; readonly bits: number };
};

/** A host's end of its cable on the lab's bridge. */
export type Cable = { readonly labNamespace: string; readonly bridgePort: string };

export function namespacePath(namespace: string): string {
  return `${NAMESPACES}/${namespace}`;
}

export async function createLabNetwork({ namespace, address, bits }: LabNetwork): Promise<void> {
  await checkCommand(["ip", "netns", "add", namespace]);
  await ipIn(namespace, [
    "link set lo up",
    `link add ${BRIDGE} type bridge`,
    `address add ${address}/${bits} dev ${BRIDGE}`,
    `link set ${BRIDGE} up`,
  ]);
}

export async function createHostNetwork(network: HostNetwork): Promise<void> {
  const { labNamespace, namespace, natNamespace, bridgePort, cluster, nat } = network;
  await checkCommand(["ip", "netns", "add", namespace]);
  await checkCommand(["ip", "netns", "add", natNamespace]);
  await plugIn(labNamespace, bridgePort, `name enp0s8 address ${macOf(namespace)} netns ${namespace}`);
  await ipIn(natNamespace, [
    "link set lo up",
    `link add gateway type veth peer name enp0s3 address ${macOf(natNamespace)} netns ${namespace}`,
    `address add ${nat.gateway}/${nat.bits} dev gateway`,
    "link set gateway up",
    "route add unreachable default",
  ]);
  await answerAtOnce(natNamespace);
  await ipIn(namespace, [
    "link set lo up",
    `address add ${cluster.address}/${cluster.bits} dev enp0s8`,
    `address add ${nat.address}/${nat.bits} dev enp0s3`,
    "link set enp0s8 up",
    "link set enp0s3 up",
    `route add default via ${nat.gateway}`,
  ]);
}

/** Lays a cable from the lab's bridge to `peer`, in the words of ip-link(8). */
export async function plugIn(labNamespace: string, bridgePort: string, peer: string): Promise<void> {
  await ipIn(labNamespace, [
    `link add ${bridgePort} type veth peer ${peer}`,
    `link set ${bridgePort} master ${BRIDGE} up`,
  ]);
}

/** Lets a gateway say of each packet that there is no way on: silence would cost every caller its timeout. */
async function answerAtOnce(natNamespace: string): Promise<void> {
  const settings = ["net.ipv4.ip_forward=1", "net.ipv4.icmp_ratelimit=0"];
  await checkCommand(["ip", "netns", "exec", natNamespace, "sysctl", "-qw", ...settings]);
}

/** Plugs the host's cable into the bridge or pulls it out. The host sees its carrier come and go. */
export async function setCable({ labNamespace, bridgePort }: Cable, state: "up" | "down"): Promise<void> {
  await ipIn(labNamespace, [`link set ${bridgePort} ${state}`]);
}

/** Whether the host's cable is in the bridge. */
export async function isPluggedIn({ labNamespace, bridgePort }: Cable): Promise<boolean> {
  const shown = await checkCommand(["ip", "-netns", labNamespace, "-oneline", "link", "show", "dev", bridgePort]);
  return /<[^>]*\bUP\b[^>]*>/.test(shown);
}

/** Removes the namespaces that `matches` accepts, with every NIC in them. */
export async function removeNamespaces(matches: (namespace: string) => boolean): Promise<void> {
  const namespaces = await readdir(NAMESPACES).catch(() => []); // no folder before the machine's first namespace
  for (const namespace of namespaces.filter(matches)) await checkCommand(["ip", "netns", "delete", namespace]);
}

/** Runs lines of ip(8) in a namespace, up to the first that fails. */
export function ipIn(namespace: string, batch: readonly string[]): Promise<string> {
  return checkCommand(["ip", "-netns", namespace, "-batch", "-"], { input: `${batch.join("\n")}\n` });
}

/** A MAC as VirtualBox makes them, the same for the same name. */
export function macOf(name: string): string {
  const bytes = createHash("sha256").update(name).digest().subarray(0, 3);
  return `08:00:27:${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":")}`;
}
