import type { ClusterEvent, ClusterState } from "./cluster-state.ts";

/** Returns the state after one event; the very same object when the event changes nothing. */
export declare function reduce(state: ClusterState, event: ClusterEvent): ClusterState;
