import type { ClusterState, NodeState, Presence } from "./cluster-state.ts";

/** For how long a loss of its lease counts against a node, in milliseconds. */
export const flapWindowMs = 600_000;

/** The first pause; the next ones double. In milliseconds. */
const firstPauseMs = 10_000;

/** As many as can make a difference: the pause is at its greatest long before. */
const mostLosses = 16;

/** Of a machine that has not fallen silent yet. */
export const newcomer: Presence = { admittedAt: 0, lostAt: undefined, losses: [], coolUntil: 0 };

/**
 * Returns how long a node that comes back after its `losses`-th loss is held off, in milliseconds.
 *
 * One loss is an accident and costs nothing; from the second on the pause doubles: 10 s, 20 s, 40 s.
 */
export function coolDownMs(losses: number, longestMs: number): number {
  return losses < 2 ? 0 : Math.min(longestMs, firstPauseMs * 2 ** (losses - 2));
}

/** The node without its lease. */
export function fallenSilent(state: ClusterState, node: NodeState): NodeState {
  if (!node.reachable) return node;
  const losses = [...recentLosses(state, node), state.runTime].slice(-mostLosses);
  const lostAt = node.admitted ? state.runTime : node.presence.lostAt;
  return { ...node, reachable: false, presence: { ...node.presence, lostAt, losses } };
}

/**
 * The node with a lease again, held off where it came and went too often.
 *
 * While the hostfile is held, most nodes fell silent together: that says nothing against any
 * one of them, and the loss is forgotten.
 */
export function backAgain(state: ClusterState, node: NodeState): NodeState {
  if (node.reachable) return node;
  const recent = recentLosses(state, node);
  const losses = state.silence.held ? recent.slice(0, -1) : recent;
  const pauseMs = state.silence.held ? 0 : coolDownMs(losses.length, state.spec.liveness.coolDownSeconds * 1000);
  const coolUntil = pauseMs === 0 ? 0 : state.runTime + pauseMs;
  return { ...node, reachable: true, presence: { ...node.presence, losses, coolUntil } };
}

/** The node with a place in the hostfile. */
export function letIn(state: ClusterState, node: NodeState): NodeState {
  if (node.admitted) return node;
  return { ...node, admitted: true, presence: { ...node.presence, admittedAt: state.runTime, lostAt: undefined } };
}

/** The node with nothing counted against it. */
export function forgiven(node: NodeState): NodeState {
  const { losses, coolUntil } = node.presence;
  if (losses.length === 0 && coolUntil === 0) return node;
  return { ...node, presence: { ...node.presence, losses: [], coolUntil: 0 } };
}

/** Lists the losses that still count, in running time: good behaviour takes one after another away. */
export function recentLosses({ runTime }: ClusterState, { presence }: NodeState): readonly number[] {
  return presence.losses.filter((at) => at > runTime - flapWindowMs);
}
