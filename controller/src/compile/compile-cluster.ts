import type { ResourceSpec } from "@cowherd/proto";
import type { ClusterState } from "../state/cluster-state.ts";

/** Compiles the ordered resources of every joined node, by name. */
export declare function compileCluster(state: ClusterState): ReadonlyMap<string, readonly ResourceSpec[]>;
