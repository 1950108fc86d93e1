import type { DesiredState } from "@cowherd/proto";
import type { ClusterState } from "../state/cluster-state.ts";

/** A state at its fixed point, and the desired states that became others on the way, by node. */
export type Settled = { readonly state: ClusterState; readonly desired: ReadonlyMap<string, DesiredState> };

/** Applies what decide says until there is nothing left to do. Store `state` before anyone is told of `desired`. */
export declare function settle(state: ClusterState): Settled;

/** Returns the desired state of every joined node of a settled state: what a session opens with. */
export declare function desiredStates(state: ClusterState): ReadonlyMap<string, DesiredState>;
