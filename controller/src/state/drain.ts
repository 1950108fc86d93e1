import type { ClusterState, NodeState } from "./cluster-state.ts";

/** The node as one that the operator keeps out; what was counted there before still holds. */
export function drained(node: NodeState, reason: string, runTime: number, deadlineMs: number | undefined): NodeState {
  const deadline = deadlineMs === undefined ? undefined : runTime + deadlineMs;
  const { drain } = node;
  if (drain?.reason === reason && drain.deadline === deadline) return node;
  return { ...node, drain: { reason, deadline, ranks: drain?.ranks } };
}

/** The node with the number of ranks that its agent told of, which matters while it is drained. */
export function withRanks(node: NodeState, ranks: number): NodeState {
  if (node.drain === undefined || node.drain.ranks === ranks) return node;
  return { ...node, drain: { ...node.drain, ranks } };
}

/** Tells whether nothing of MPI runs on a node, and nothing will be started there any more. */
export function isEmptied({ hostfile }: ClusterState, { name, drain }: NodeState): boolean {
  return drain?.ranks === 0 && !(hostfile?.entries.some(({ node }) => node === name) ?? false);
}

/** Returns by how many milliseconds ranks on a drained node are overdue; undefined where none is. */
export function overdueMs(state: ClusterState, node: NodeState): number | undefined {
  const deadline = node.drain?.deadline;
  if (deadline === undefined || state.runTime < deadline || isEmptied(state, node)) return undefined;
  return state.runTime - deadline;
}
