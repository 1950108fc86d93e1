import type { Outcome, ProofKind } from "@cowherd/proto";
import { isForBroker } from "../broker/resource-ids.ts";
import { isForLaunching } from "../hostfile/hostfile-resource.ts";
import type { ClusterSpec } from "../spec/cluster-spec.ts";
import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState, MpiLauncher, NodeState, ProofRecord, RunRecord } from "./cluster-state.ts";
import { type Provable, probeOf } from "./proof-basis.ts";
import { failedRenewal, lackingProof } from "./proving.ts";

/** What speaks against a node that is in the hostfile, or would be. */
export type Objection =
  | "drained"
  | "no lease"
  | "address missing"
  | "run failed"
  | "keys missing"
  | "another mpirun"
  /** What was proved once does not hold any more. Of admitted nodes alone: others wait. */
  | "proof failed";

/** What a node waits for that nothing speaks against. */
export type Wait =
  /** It fell silent too often. `forMs` is what is left. */
  | { readonly type: "cooling-down"; readonly forMs: number }
  | { readonly type: "facts-refused"; readonly problem: string }
  | { readonly type: "first-run" }
  | { readonly type: "converging" }
  | { readonly type: "primary" }
  /** It tells of no mpirun, and the primary has one. Once admitted, it is not asked again. */
  | { readonly type: "mpirun" }
  /** The peers that do not know its newest address and keys. */
  | { readonly type: "known-by"; readonly peers: readonly string[] }
  /** The rest is proved from the primary, which is not in the hostfile itself. */
  | { readonly type: "launcher" }
  /** `failed` is undefined where it was not tried yet. */
  | { readonly type: "proof"; readonly kind: ProofKind; readonly failed: ProofRecord | undefined };

/**
 * Says what speaks against a node now; undefined where nothing does. It ends a node's place
 * in the hostfile, and bars the way to one.
 *
 * Only a failed run of the newest desired state counts: an older one says what the node
 * lacked under a state that is no longer wanted. MPIs of two makes or versions cannot run one
 * program together; the primary, where programs start, is the measure and never objected to.
 * What either of the two does not tell, as amid an upgrade, is no measure. The operator's word
 * is before all else.
 */
export function objectionTo(state: Provable, node: NodeState): Objection | undefined {
  const [first] = objectionsTo(state, node);
  return first;
}

/** Lists all that speaks against a node now, in the order in which it is judged. */
export function* objectionsTo(state: Provable, node: NodeState): Generator<Objection, undefined> {
  const { spec, nodes } = state;
  if (node.drain !== undefined) yield "drained";
  if (!node.reachable) yield "no lease";
  if (!hasAddress(node, spec.nodes.get(node.name)?.address)) yield "address missing";
  if (node.lastRun?.generation === node.desired?.generation && barringFailures(node.lastRun).length > 0)
    yield "run failed";
  // Before the first run there is no key of a user who does not exist yet.
  if (isCurrent(node) && (node.facts.hostKeys.length === 0 || node.facts.userKey === undefined)) yield "keys missing";
  // On its way a node may have the one that its packages are about to replace: it is waited for.
  const settled = node.admitted || isCurrent(node);
  if (settled && areAtOdds(launcherToMatch(spec, nodes, node), node.facts.mpirun)) yield "another mpirun";
  if (node.admitted && failedRenewal(state, node) !== undefined) yield "proof failed";
}

/**
 * Says what a node waits for to which there is no objection; undefined when it may be admitted.
 *
 * Any node starts programs on any other, so each must know the other's keys. A node that is
 * as it should be knows everyone; it waits for the primary and the admitted to know it,
 * whom the loss of a lease would have withdrawn. The primary itself waits for nobody: a
 * cluster of one works, and someone must be first. What is written everywhere is not yet
 * what works, so each of them is proved last of all.
 */
export function waitOf(state: ClusterState, node: NodeState): Wait | undefined {
  const [first] = waitsOf(state, node);
  return first;
}

/** Lists all that a node waits for, in the order in which it is judged. */
export function* waitsOf(state: ClusterState, node: NodeState): Generator<Wait, undefined> {
  const { coolUntil } = node.presence;
  if (state.runTime < coolUntil) yield { type: "cooling-down", forMs: coolUntil - state.runTime };
  if (node.refusedFacts !== undefined) yield { type: "facts-refused", problem: node.refusedFacts };
  if (node.lastRun === undefined) yield { type: "first-run" };
  else if (!isCurrent(node) || barringFailures(node.lastRun).length > 0) yield { type: "converging" };
  if (node.name !== primaryOf(state.spec)) yield* waitsForOthers(state, node);
  const lacking = lackingProof(state, node);
  if (lacking === undefined) return;
  yield isLaunchedFrom(state, node, lacking.kind) ? { type: "proof", ...lacking } : { type: "launcher" };
}

/** Tells whether what a kind is proved from is there: the primary proves itself, and only then others. */
function isLaunchedFrom(state: ClusterState, node: NodeState, kind: ProofKind): boolean {
  return probeOf(kind) !== "launch" || node.name === primaryOf(state.spec) || canLaunch(state);
}

/** Tells whether others are proved from the primary: it is admitted, or would be but for its drain, which keeps ranks off it and nobody from starting them there. */
export function canLaunch(state: Provable): boolean {
  const primary = state.nodes.get(primaryOf(state.spec));
  if (primary === undefined || primary.admitted) return primary !== undefined;
  return [...objectionsTo(state, primary)].join() === "drained";
}

function* waitsForOthers(state: ClusterState, node: NodeState): Generator<Wait, undefined> {
  const primary = primaryOf(state.spec);
  if (!state.nodes.has(primary)) yield { type: "primary" };
  if (launcherToMatch(state.spec, state.nodes, node) !== undefined && node.facts.mpirun === undefined)
    yield { type: "mpirun" };
  const peers = [...state.spec.nodes.keys()]
    .flatMap((name) => state.nodes.get(name) ?? [])
    .filter((peer) => peer !== node && (peer.name === primary || peer.admitted));
  const ignorant = peers.filter((peer) => !knows(peer, node));
  if (ignorant.length > 0) yield { type: "known-by", peers: ignorant.map(({ name }) => name) };
}

/**
 * The failures that bar a node from running ranks.
 *
 * The hostfile, in whatever form, is for launching: where it alone cannot be written, the primary runs ranks
 * as well as before, also without the parameters that were skipped because of it. Were it
 * withdrawn, the next hostfile would lack it, and nobody could tell why; so it stays,
 * degraded, and the operator reads the reason. The event broker matters to no rank at all.
 */
export function barringFailures(run: RunRecord | undefined): readonly Outcome[] {
  return run?.failures.filter((outcome) => !isOfHostfile(outcome) && !isForBroker(outcome)) ?? [];
}

function isOfHostfile(outcome: Outcome): boolean {
  if (isForLaunching(outcome.resource)) return true;
  return outcome.end === "skipped" && isForLaunching(outcome.because);
}

/** Tells whether a node has the spec's address on one of its interfaces. */
export function hasAddress(node: NodeState, address: string | undefined): boolean {
  return node.facts.interfaces.some(({ addresses }) => addresses.some((cidr) => cidr.split("/", 1)[0] === address));
}

/** Returns the primary's mpirun, which that of a node must be like. Undefined for the primary itself, and while it has none. */
function launcherToMatch(spec: ClusterSpec, nodes: ClusterState["nodes"], node: NodeState): MpiLauncher | undefined {
  const primary = primaryOf(spec);
  return node.name === primary ? undefined : nodes.get(primary)?.facts.mpirun;
}

/** Tells whether two are known not to run one program together. */
function areAtOdds(one: MpiLauncher | undefined, other: MpiLauncher | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (one.vendor !== other.vendor) return true;
  return one.version !== "" && other.version !== "" && one.version !== other.version;
}

/** Tells whether a node is as it should be, but for the hostfile. */
export function isCurrent({ desired, observed, lastRun }: NodeState): boolean {
  if (desired === undefined) return false;
  if (observed?.revision === desired.revision) return true;
  return lastRun?.generation === desired.generation && barringFailures(lastRun).length === 0;
}

/** Tells whether a node has the newest address and keys of another. */
function knows(node: NodeState, peer: NodeState): boolean {
  return isCurrent(node) || (node.observed?.roster ?? -1) >= peer.identityAt;
}
