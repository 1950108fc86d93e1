import type { NodeSpec } from "../spec/cluster-spec.ts";
import type { NodeFacts } from "../state/cluster-state.ts";

/** A node of the spec with what its machine can do; nothing where its agent never told. */
export type AbleNode = NodeSpec & {
  /** netplan configures its network. */
  readonly netplan: boolean;
  /** Its kernel mounts folders over NFS. */
  readonly mounts: boolean;
};

/** Joins what the spec says of a node and what its machine says of itself. */
export function ableNode(node: NodeSpec, facts: NodeFacts | undefined): AbleNode {
  return { ...node, netplan: facts?.netplan ?? false, mounts: facts?.nfs?.client ?? false };
}
