import { createDesiredState, type DesiredState } from "@cowherd/proto";
import { compileCluster } from "../compile/compile-cluster.ts";
import type { ClusterState } from "../state/cluster-state.ts";

/**
 * Returns the desired state of every joined node, by name: what a session opens with.
 *
 * The generation is the node's own where the compiled revision is, and one greater where the
 * revision is new; in a settled state none is new.
 */
export function desiredStates(state: ClusterState): ReadonlyMap<string, DesiredState> {
  const { epoch } = state;
  return new Map(
    [...compileCluster(state)].map(([node, resources]) => {
      const { generation = 0n, revision } = state.nodes.get(node)?.desired ?? {};
      const desired = createDesiredState({ epoch, generation }, resources);
      return [node, desired.revision === revision ? desired : { ...desired, generation: generation + 1n }];
    }),
  );
}
