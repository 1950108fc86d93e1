import type { ClusterState, Phase } from "./cluster-state.ts";

/** `reason` says why the node is not ready and what to do, in one line; empty for a ready node. */
export type NodePhase = { readonly phase: Phase; readonly reason: string };

/** Tells where a node of the spec stands. A name outside the spec is absent. */
export declare function phaseOf(state: ClusterState, name: string): NodePhase;
