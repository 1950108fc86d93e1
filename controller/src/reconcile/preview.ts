import type { ResourceSpec } from "@cowherd/proto";
import { compileCluster } from "../compile/compile-cluster.ts";
import { atOnce } from "../hostfile/pace.ts";
import type { ClusterSpec } from "../spec/cluster-spec.ts";
import type { ClusterState } from "../state/cluster-state.ts";
import { reduce } from "../state/reduce.ts";
import { settle } from "./settle.ts";

/** What a node would be under another spec. */
export type NodePreview =
  | { readonly type: "joined"; readonly node: string; readonly resources: readonly ResourceSpec[] }
  | { readonly type: "absent"; readonly node: string }
  | { readonly type: "removed"; readonly node: string };

/**
 * Tells what every node would get if `spec` were applied; the removed ones last. Nothing is changed.
 *
 * It applies the spec to a copy by the very rules of the real thing, so the two agree.
 */
export function preview(state: ClusterState, spec: ClusterSpec): readonly NodePreview[] {
  const compiled = compileCluster(settle(reduce(state, { type: "spec-applied", spec }), atOnce).state);
  const wanted = [...spec.nodes.keys()].map((node): NodePreview => {
    const resources = compiled.get(node);
    return resources === undefined ? { type: "absent", node } : { type: "joined", node, resources };
  });
  const removed = [...state.spec.nodes.keys()].filter((node) => !spec.nodes.has(node));
  return [...wanted, ...removed.map((node): NodePreview => ({ type: "removed", node }))];
}
