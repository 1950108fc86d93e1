import { compareNames } from "../spec/natural-order.ts";
import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState, HostfileEntry } from "../state/cluster-state.ts";
import { slotsOf } from "../state/slots.ts";
import { pinnedEntries } from "./pinned-entries.ts";

/** Lists the entries that the hostfile should have: those of the pin that are fit, or else all that are. */
export function hostfileEntries(state: ClusterState): readonly HostfileEntry[] {
  return state.pin === undefined ? freeEntries(state) : pinnedEntries(state, state.pin);
}

/**
 * Lists the admitted nodes with their slots: the primary first, then in natural order of the names.
 *
 * The order is part of the contract. mpirun gives out ranks in the order of the file, so an
 * order that moved between two hostfiles would move ranks between machines; and rank 0 is
 * on the primary, where it was launched and where its files are.
 */
function freeEntries({ spec, nodes }: ClusterState): readonly HostfileEntry[] {
  const primary = primaryOf(spec);
  return [...nodes.values()]
    .filter(({ admitted }) => admitted)
    .map((node) => ({ node: node.name, slots: slotsOf(spec, node) }))
    .sort((a, b) => Number(b.node === primary) - Number(a.node === primary) || compareNames(a.node, b.node));
}
