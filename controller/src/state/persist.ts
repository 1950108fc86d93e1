import type { ClusterState, NodeState } from "./cluster-state.ts";

/** A state as texts to store: one for the cluster, one for each joined node by its name. */
export type StoredState = { readonly cluster: string; readonly nodes: ReadonlyMap<string, string> };

/** A stored text that is torn, or not ours. `row` is "cluster" or "node NAME". */
export class DamagedStateError extends Error {
  override readonly name = "DamagedStateError";
  readonly row: string;

  constructor(row: string, problem: string, options?: ErrorOptions) {
    super(`stored state, ${row}: ${problem}`, options);
    this.row = row;
  }
}

/** Writes all but the nodes (epoch, spec, roster, hostfile) as one line of JSON. */
export declare function encodeCluster(state: ClusterState): string;

/** Writes one node as one line of JSON. A node that is the same object as before needs no writing. */
export declare function encodeNode(node: NodeState): string;

/** Writes a whole state. */
export declare function encodeState(state: ClusterState): StoredState;

/** Reads what encodeState wrote. Throws DamagedStateError for anything else. */
export declare function decodeState(stored: StoredState): ClusterState;
