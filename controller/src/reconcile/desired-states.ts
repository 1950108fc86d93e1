import { createDesiredState, type DesiredState } from "@cowherd/proto";
import { compileCluster } from "../compile/compile-cluster.ts";
import type { ClusterState } from "../state/cluster-state.ts";

/**
 * Returns the desired state of every joined node, by name: what a session opens with.
 *
 * The generation is the node's own where the compiled revision is, and the cluster's next
 * where the revision is new; in a settled state none is new.
 */
export function desiredStates(state: ClusterState): ReadonlyMap<string, DesiredState> {
  const { epoch, nodes } = state;
  let newest = state.generation;
  return new Map(
    [...compileCluster(state)].map(([node, resources]) => {
      const desired = createDesiredState({ epoch, generation: 0n }, resources);
      const current = nodes.get(node)?.desired;
      if (desired.revision === current?.revision) return [node, { ...desired, generation: current.generation }];
      newest += 1n;
      return [node, { ...desired, generation: newest }];
    }),
  );
}
