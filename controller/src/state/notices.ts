import { brokerNotices } from "../broker/broker-notices.ts";
import { hostfileEntries } from "../hostfile/hostfile-entries.ts";
import { contains, parseSubnet } from "../spec/ipv4.ts";
import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState } from "./cluster-state.ts";
import { overdueMs } from "./drain.ts";
import { fewNames } from "./few-names.ts";
import { commonLoss } from "./silence.ts";
import { formatSpan } from "./span.ts";

/** What VirtualBox 6.1.28 and newer lets host-only networks be in: its manual, chapter 6.7. */
const virtualBoxRange = "192.168.56.0/21";

/** The first half of the hardware addresses that VirtualBox gives out. */
const virtualBoxMac = "08:00:27:";

/** Tells what holds for the whole cluster, keeps no node out of the hostfile and should be known; a line each, with what to do. */
export function noticesOf(state: ClusterState): readonly string[] {
  return [
    ...heldNotices(state),
    ...drainNotices(state),
    ...keptOutNotices(state),
    ...subnetNotices(state),
    ...networkNotices(state),
    ...sharedNotices(state),
    ...brokerNotices(state),
  ];
}

/** Why the hostfile lists who does not answer. */
function heldNotices(state: ClusterState): readonly string[] {
  const loss = state.silence.held ? commonLoss(state) : undefined;
  if (loss === undefined) return [];
  const { spec, hostfile } = state;
  const who = `${loss.nodes.length} of ${loss.of} listed nodes fell silent within ${spec.liveness.leaseSeconds} s`;
  const held = `the hostfile is HELD at generation ${hostfile?.generation ?? 0n} and lists them still`;
  const next = "it moves on when they are back, or without them by `cowctl hostfile release`";
  return [`${who} (${fewNames(loss.nodes)}): ${held}; ${next}`];
}

/** What the operator wants of a drain and does not have. */
function drainNotices(state: ClusterState): readonly string[] {
  const kept = [...state.nodes.values()].filter(({ drain }) => drain !== undefined);
  const listed = new Set(state.hostfile?.entries.map(({ node }) => node));
  const left = state.silence.held ? [] : kept.filter(({ name }) => listed.has(name)).map(({ name }) => name);
  const last = `drained, and listed in the hostfile still: no other node that it may list is ready, and without a line mpirun would run here`;
  const overdue = kept.flatMap((node) => {
    const ms = overdueMs(state, node);
    return ms === undefined || left.includes(node.name)
      ? []
      : [`${node.name} is OVERDUE by ${formatSpan(ms)} to be drained: Cowherd ends no rank, so end the job or wait`];
  });
  return [...(left.length === 0 ? [] : [`${fewNames(left)}: ${last}`]), ...overdue];
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
  const machines = fewNames(bare.map(({ name }) => name));
  return [`the network is left as it is on ${machines}: there is no netplan; "network: off" says that it should be`];
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
  const machines = fewNames(unable.map(({ name }) => name));
  return [`${path} is not mounted on ${machines}: the kernel there cannot use NFS; ${hint}`];
}
