import type { ClusterSpec, SlotsSpec } from "../spec/cluster-spec.ts";
import type { NodeFacts, NodeState } from "./cluster-state.ts";

/**
 * Returns how many ranks a node may run: the operator's number, or else what it offers,
 * less the reserve on the primary, and one at least; never above the spec's maxSlots.
 */
export function slotsOf({ nodes, slots, maxSlots }: ClusterSpec, node: Pick<NodeState, "name" | "facts">): number {
  const wanted = nodes.get(node.name);
  const reserve = wanted?.role === "primary" ? slots.reserve : 0;
  const free = Math.max(1, offeredSlots(node.facts.processors, slots.per) - reserve);
  return Math.min(maxSlots, wanted?.slots ?? free);
}

/**
 * Returns the processors, or the physical cores, that a process there may really use, and at least 1.
 *
 * Never the online ones, and no core that a quota or an affinity takes away: slots above
 * what may be scheduled make every rank slower.
 */
export function offeredSlots({ schedulable, quota, cores }: NodeFacts["processors"], per: SlotsSpec["per"]): number {
  const most = per === "cores" ? cores : schedulable;
  return Math.max(1, Math.floor(Math.min(schedulable, quota ?? schedulable, most)));
}

/**
 * Tells whether so many ranks may be more than the cores that MPI finds there to bind them to.
 *
 * Of processors that may not be used nobody knows which core is theirs, so each is taken
 * for the last thread of one.
 */
export function overloads({ online, schedulable, cores }: NodeFacts["processors"], slots: number): boolean {
  return slots > Math.max(1, cores - Math.max(0, online - schedulable));
}
