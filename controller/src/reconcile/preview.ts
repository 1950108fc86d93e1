import type { ResourceSpec } from "@cowherd/proto";
import type { ClusterSpec } from "../spec/cluster-spec.ts";
import type { ClusterState } from "../state/cluster-state.ts";

/** What a node would be under another spec. */
export type NodePreview =
  | { readonly type: "joined"; readonly node: string; readonly resources: readonly ResourceSpec[] }
  | { readonly type: "absent"; readonly node: string }
  | { readonly type: "removed"; readonly node: string };

/** Tells what every node would get if `spec` were applied; the removed ones last. Nothing is changed. */
export declare function preview(state: ClusterState, spec: ClusterSpec): readonly NodePreview[];
