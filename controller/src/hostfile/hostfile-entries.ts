import type { ClusterState, HostfileEntry } from "../state/cluster-state.ts";

/** Lists the admitted nodes with their slots: the primary first, then in natural order of the names. */
export declare function hostfileEntries(state: ClusterState): readonly HostfileEntry[];
