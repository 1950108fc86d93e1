import type { ClusterSpec } from "../spec/cluster-spec.ts";
import type { NodeFacts, NodeState } from "./cluster-state.ts";

/** Returns how many ranks a node may run: the operator's number, or else what it offers; never above the spec's maxSlots. */
export function slotsOf(spec: ClusterSpec, node: Pick<NodeState, "name" | "facts">): number {
  return Math.min(spec.maxSlots, spec.nodes.get(node.name)?.slots ?? offeredSlots(node.facts.processors));
}

/**
 * Returns the processors that a process there may really use, and at least 1.
 *
 * Never the online ones: slots above what may be scheduled are a binding error on Open MPI 5.
 */
export function offeredSlots({ schedulable, quota }: NodeFacts["processors"]): number {
  return Math.max(1, Math.floor(Math.min(schedulable, quota ?? schedulable)));
}
