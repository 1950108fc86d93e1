import { hostfileEntries } from "../hostfile/hostfile-entries.ts";
import { contains, parseSubnet } from "../spec/ipv4.ts";
import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState, NodeState } from "./cluster-state.ts";

/** What VirtualBox 6.1.28 and newer lets host-only networks be in: its manual, chapter 6.7. */
const virtualBoxRange = "192.168.56.0/21";

/** The first half of the hardware addresses that VirtualBox gives out. */
const virtualBoxMac = "08:00:27:";

const mostNames = 5;

/** Tells what holds for the whole cluster, keeps no node out of the hostfile and should be known; a line each, with what to do. */
export function noticesOf(state: ClusterState): readonly string[] {
  return [...keptOutNotices(state), ...subnetNotices(state), ...networkNotices(state), ...sharedNotices(state)];
}

/** An empty hostfile is never written, so the one that stands may list nodes that are not ready, and the primary too. */
function keptOutNotices(state: ClusterState): readonly string[] {
  const { spec, nodes, hostfile, pin } = state;
  const primary = primaryOf(spec);
  if (pin !== undefined) return []; // it overrides the switch, and has a notice of its own
  if (spec.hostfile.primary || nodes.get(primary)?.admitted !== true || hostfileEntries(state).length > 0) return [];
  const stands =
    hostfile === undefined ? "there is no hostfile yet" : `the hostfile stays at generation ${hostfile.generation}`;
  return [`${stands}: no node but ${primary} is ready, and "hostfile: { primary: off }" keeps it out`];
}

/** Before the machines join, nobody knows whose they are; so it is told then, and where a NIC is VirtualBox's. */
function subnetNotices({ spec, nodes }: ClusterState): readonly string[] {
  const [subnet, range] = [parseSubnet(spec.subnet), parseSubnet(virtualBoxRange)];
  if (subnet === undefined || range === undefined) return [];
  if (contains(range, subnet.base) && contains(range, subnet.broadcast)) return [];
  const interfaces = [...nodes.values()].flatMap(({ facts }) => facts.interfaces);
  if (nodes.size > 0 && !interfaces.some(({ mac }) => mac.startsWith(virtualBoxMac))) return [];
  const where = `subnet ${spec.subnet} is outside ${virtualBoxRange}`;
  return [`${where}: VirtualBox makes no such host-only network unless its host's /etc/vbox/networks.conf allows it`];
}

function networkNotices({ spec, nodes }: ClusterState): readonly string[] {
  const bare = [...nodes.values()].filter(({ facts }) => facts.netplan === false);
  if (spec.network === undefined || bare.length === 0) return [];
  return [
    `the network is left as it is on ${namesOf(bare)}: there is no netplan; "network: off" says that it should be`,
  ];
}

function sharedNotices({ spec, nodes }: ClusterState): readonly string[] {
  const primary = nodes.get(primaryOf(spec));
  // A primary that never told, or has not joined, will tell soon.
  if (spec.shared === undefined || spec.shared.required || primary?.facts.nfs === undefined) return [];
  const { path } = spec.shared;
  const hint = '"shared: off" says that it should not be';
  if (!primary.facts.nfs.server) {
    return [`${path} is not shared: the kernel of ${primary.name} cannot serve NFS; ${hint}`];
  }
  const unable = [...nodes.values()].filter((node) => node !== primary && node.facts.nfs?.client === false);
  if (unable.length === 0) return [];
  return [`${path} is not mounted on ${namesOf(unable)}: the kernel there cannot use NFS; ${hint}`];
}

function namesOf(nodes: readonly NodeState[]): string {
  const names = nodes.slice(0, mostNames).map(({ name }) => name);
  const more = nodes.length - names.length;
  return more === 0 ? names.join(", ") : `${names.join(", ")} and ${more} more`;
}
