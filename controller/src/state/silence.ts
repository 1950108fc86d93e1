import type { ClusterState, NodeState, Silence } from "./cluster-state.ts";
import { objectionTo } from "./fitness.ts";
import { lackingProof, triesThatCount } from "./proving.ts";

/** Nobody fell silent so far. */
export const nothingSilent: Silence = { since: 0, held: false, fading: [], fadingUntil: 0 };

/** A loss of many at once. */
export type CommonLoss = {
  /** Who fell silent, or is about to; in natural order. */
  readonly nodes: readonly string[];
  /** How many were in the hostfile, these included. */
  readonly of: number;
};

/**
 * Tells of the nodes that fell silent at once and are not judged anew yet, where they are
 * more than the spec's share of those in the hostfile; undefined where they are not.
 *
 * At once is within one lease. A machine that dies with others and gave its last sign of
 * life a moment later counts from the first one's end on: it is fading. One alone is never
 * many, however small the cluster, and those whose lines are all gone are none to wait for. Once the hostfile is held, whoever fell silent since then
 * counts until it is admitted again, is found unfit for another reason, drained or removed; and
 * while they come back one after another, the last ones are waited for.
 */
export function commonLoss(state: ClusterState): CommonLoss | undefined {
  const { spec, nodes, hostfile, pin, silence, runTime } = state;
  const { leaseSeconds, holdAbovePercent } = spec.liveness;
  const since = silence.held ? silence.since : Math.max(silence.since, runTime - leaseSeconds * 1000);
  const isFading = (node: NodeState) =>
    node.reachable && node.admitted && runTime < silence.fadingUntil && silence.fading.includes(node.name);
  // Who is outside the pin has no line to lose; once the hostfile is held, a pin frees nobody's.
  const pinned = silence.held || pin === undefined ? undefined : new Set(pin.entries.map(({ node }) => node));
  const silent = [...spec.nodes.keys()]
    .filter((name) => pinned?.has(name) !== false)
    .flatMap((name) => nodes.get(name) ?? [])
    .filter((node) => isFading(node) || isMissed(state, node, since))
    .map(({ name }) => name);
  const listed = new Set(hostfile?.entries.map(({ node }) => node));
  const of = new Set([...listed, ...silent]).size;
  const many = silent.length > 1 && silent.length * 100 > of * holdAbovePercent;
  const isReturning = silence.held && runTime < returnsUntil(state);
  return (many || isReturning) && silent.some((node) => listed.has(node)) ? { nodes: silent, of } : undefined;
}

/**
 * Tells how long, in running time, others may still follow the one that came back last: they
 * come within a lease, and the hostfile need not change for each. Zero where nobody did.
 */
export function returnsUntil({ spec, nodes, hostfile, silence }: ClusterState): number {
  const leaseMs = spec.liveness.leaseSeconds * 1000;
  const heldAt = silence.since + leaseMs;
  const listed = hostfile?.entries.flatMap(({ node }) => nodes.get(node) ?? []) ?? [];
  const returns = listed.filter(({ admitted, presence }) => admitted && presence.admittedAt > heldAt);
  return Math.max(0, ...returns.map(({ presence }) => presence.admittedAt + leaseMs));
}

/** Tells whether a node was admitted until it fell silent, and nothing but its absence speaks against it; a proof does that failed twice since. */
function isMissed(state: ClusterState, node: NodeState, since: number): boolean {
  const { lostAt } = node.presence;
  if (node.admitted || lostAt === undefined || lostAt <= since) return false;
  const objection = objectionTo(state, node);
  if (objection !== undefined) return objection === "no lease";
  const { failed } = lackingProof(state, node) ?? {};
  return failed === undefined || failed.tries < triesThatCount;
}

/** Notes who is about to lose a lease, for as long as it takes to know. */
export function withFading(state: ClusterState, fading: readonly string[]): ClusterState {
  if (fading.length === 0) return state;
  const fadingUntil = state.runTime + state.spec.liveness.heartbeatSeconds * 1000 + 1000;
  return { ...state, silence: { ...state.silence, fading, fadingUntil } };
}

/** Keeps the hostfile as it is from now on; the losses of the last lease belong to the reason. */
export function withHold(state: ClusterState): ClusterState {
  if (state.silence.held) return state;
  const since = Math.max(state.silence.since, state.runTime - state.spec.liveness.leaseSeconds * 1000);
  return { ...state, silence: { ...state.silence, since, held: true } };
}

/** Lets the hostfile move on. Where the operator `accepted` the losses, none so far counts again. */
export function withoutHold(state: ClusterState, accepted: boolean): ClusterState {
  if (!state.silence.held) return state;
  return {
    ...state,
    silence: accepted ? { ...nothingSilent, since: state.runTime } : { ...state.silence, held: false },
  };
}
