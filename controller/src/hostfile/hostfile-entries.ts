import type { HostfileSpec } from "../spec/cluster-spec.ts";
import { compareNames } from "../spec/natural-order.ts";
import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState, HostfileEntry, NodeState } from "../state/cluster-state.ts";
import { slotsOf } from "../state/slots.ts";
import { pinnedEntries } from "./pinned-entries.ts";

/** Lists the entries that the hostfile should have: those of the pin that are fit, or else all that are. */
export function hostfileEntries(state: ClusterState): readonly HostfileEntry[] {
  return state.pin === undefined ? freeEntries(state) : pinnedEntries(state, state.pin);
}

/**
 * Lists the admitted nodes with their slots: the primary first, unless the spec keeps it out,
 * then the others in the spec's order.
 *
 * The order is part of the contract. mpirun gives out ranks in the order of the file, so an
 * order that moved between two hostfiles would move ranks between machines; and rank 0 is
 * on the primary, where it was launched and where its files are. In either order, two nodes
 * that stay never change places, whatever comes, goes or is reported first.
 */
function freeEntries({ spec, nodes }: ClusterState): readonly HostfileEntry[] {
  const primary = primaryOf(spec);
  const compare = comparing(spec.hostfile.order);
  return [...nodes.values()]
    .filter(({ name, admitted }) => admitted && (name !== primary || spec.hostfile.primary))
    .sort((a, b) => Number(b.name === primary) - Number(a.name === primary) || compare(a, b))
    .map((node) => ({ node: node.name, slots: slotsOf(spec, node) }));
}

function comparing(order: HostfileSpec["order"]): (a: NodeState, b: NodeState) => number {
  switch (order) {
    case "joined":
      return (a, b) => (a.place ?? 0) - (b.place ?? 0) || compareNames(a.name, b.name);
    case "natural":
      return (a, b) => compareNames(a.name, b.name);
  }
}
