import type { DesiredState } from "@cowherd/proto";
import { compiledNodes } from "../compile/compiled-nodes.ts";
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
    [...compiledNodes(state)].map(([node, { resources, revision }]) => {
      const current = nodes.get(node)?.desired;
      if (revision === current?.revision) return [node, { epoch, generation: current.generation, revision, resources }];
      newest += 1n;
      return [node, { epoch, generation: newest, revision, resources }];
    }),
  );
}
