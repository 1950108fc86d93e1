import type { ClusterSpec } from "../spec/cluster-spec.ts";
import type { NodeState } from "./cluster-state.ts";

/** Returns how many ranks a node may run: at least 1, at most the spec's maxSlots. */
export declare function slotsOf(spec: ClusterSpec, node: NodeState): number;
