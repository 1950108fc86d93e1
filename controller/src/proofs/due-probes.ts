import type { Probe, ProofKind } from "@cowherd/proto";
import { sharedPathOn } from "../compile/shared-folder.ts";
import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState, NodeState, ProofRecord } from "../state/cluster-state.ts";
import { canLaunch, isCurrent, objectionTo, waitOf } from "../state/fitness.ts";
import { askedAbout, basisOf, probeOf, requiredProofs } from "../state/proof-basis.ts";
import { currentProof, triesThatCount } from "../state/proving.ts";
import type { ProbeTiming } from "./probe-timing.ts";

/** A probe to ask now. */
export type DueProbe = {
  /** Whom it is about. */
  readonly node: string;
  /** Who is to answer it: the node itself, or the primary. */
  readonly asked: string;
  readonly probe: Probe;
  /** What the answer will rest on. */
  readonly basis: string;
  /** The kinds that it is to prove, in order. */
  readonly kinds: readonly ProofKind[];
};

/** A probe that was asked and not answered so far. */
export type PendingProbe = Pick<DueProbe, "node" | "probe" | "basis">;

/**
 * Lists the probes to ask now, the most urgent first; none where every proof is fresh.
 *
 * Level-based: what is due follows from the state, the time and what is asked already. Of a
 * node on its way the first kind that is missing is asked for, of a ready one what has grown
 * old or stale. A node that is not as it should be is not asked, since it would fail at what
 * it is about to learn. `now` is in milliseconds of the wall clock; where that went back, a
 * proof from the future counts as old.
 */
export function dueProbes(
  state: ClusterState,
  now: number,
  pending: readonly PendingProbe[],
  timing: ProbeTiming,
): readonly DueProbe[] {
  const asked = new Set(pending.map(({ node, basis }) => JSON.stringify([node, basis])));
  const due = [...state.nodes.values()]
    .flatMap((node) =>
      wantedProbes(state, node).map((kind) => ({ node, kind, at: dueAt(state, node, kind, now, timing) })),
    )
    .filter(({ at }) => at <= now)
    .sort((a, b) => a.at - b.at) // who waits longest is next, so that a node that always fails keeps nobody from his turn
    .map(({ node, kind }) => dueProbe(state, node, kind, now, timing))
    .filter(({ node, basis }) => !asked.has(JSON.stringify([node, basis])));
  const launches = due.filter(({ probe }) => probe.kind === "launch");
  const free = timing.mostLaunches - pending.filter(({ probe }) => probe.kind === "launch").length;
  return [...due.filter(({ probe }) => probe.kind !== "launch"), ...launches.slice(0, Math.max(0, free))];
}

/** What is left over from a job is looked for before a node is admitted, not while jobs run there. */
function wantedProbes(state: ClusterState, node: NodeState): readonly Probe["kind"][] {
  if (!node.reachable || !isCurrent(node)) return [];
  if (node.admitted) {
    const primary = state.nodes.get(primaryOf(state.spec));
    const launches = primary?.reachable === true && isCurrent(primary) && canLaunch(state);
    return launches ? ["peers", "launch"] : ["peers"];
  }
  if (objectionTo(state, node) !== undefined) return [];
  const wait = waitOf(state, node);
  return wait?.type === "proof" ? [probeOf(wait.kind)] : [];
}

/** When a probe is to be asked: zero for what comes first, infinity for what need not be. */
function dueAt(state: ClusterState, node: NodeState, probe: Probe["kind"], now: number, timing: ProbeTiming): number {
  const records: ProofRecord[] = [];
  for (const kind of requiredProofs(state, node)) {
    if (probeOf(kind) !== probe) continue;
    const record = currentProof(state, node, kind);
    if (record === undefined || record.at > now) return 0;
    if (record.failure !== undefined) return retryAt(state, node, record, timing);
    records.push(record);
  }
  return node.admitted ? Math.min(...records.map(({ at }) => at)) + timing.renewMs : Number.POSITIVE_INFINITY;
}

function retryAt(state: ClusterState, node: NodeState, record: ProofRecord, timing: ProbeTiming): number {
  const { tries, at } = record;
  if (node.admitted && tries < triesThatCount) return 0; // it is doubted, and settled before anything else
  if (tries === 0) return at; // the node told something new
  const retry = at + Math.min(timing.mostRetryMs, timing.retryMs * 2 ** (tries - 1));
  const end = endAt(state, record);
  return end !== undefined && at < end ? Math.min(retry, end) : retry;
}

/** When what is left over there may be ended; undefined where that is the operator's. */
function endAt({ spec }: ClusterState, { kind, since }: ProofRecord): number | undefined {
  return kind === "remnants" && spec.remnants.end ? since + spec.remnants.graceSeconds * 1_000 : undefined;
}

function dueProbe(
  state: ClusterState,
  node: NodeState,
  kind: Probe["kind"],
  now: number,
  timing: ProbeTiming,
): DueProbe {
  const { spec } = state;
  const kinds = requiredProofs(state, node).filter((candidate) => probeOf(candidate) === kind);
  const common = {
    node: node.name,
    asked: askedAbout(state, node.name, kind),
    basis: basisOf(state, node, kind),
    kinds,
  };
  switch (kind) {
    case "peers": {
      const peers = [...spec.nodes.values()].map(({ name, address }) => ({ name, address }));
      return { ...common, probe: { kind, peers } };
    }
    case "remnants": {
      const found = currentProof(state, node, kind);
      const end = found?.failure !== undefined && (endAt(state, found) ?? Number.POSITIVE_INFINITY) <= now;
      return { ...common, probe: { kind, user: spec.user.name, end } };
    }
    case "launch": {
      const { name: user, uid, gid } = spec.user;
      const address = spec.nodes.get(node.name)?.address ?? "";
      const to = { node: node.name, address, user, uid, gid, sharedPath: sharedPathOn(state, node) };
      return { ...common, probe: { kind, ...to, primary: common.asked, boundMs: timing.messageMs } };
    }
  }
}
