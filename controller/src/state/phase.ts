import type { Outcome } from "@cowherd/proto";
import { isForBroker } from "../broker/resource-ids.ts";
import { primaryOf } from "../spec/primary-of.ts";
import { oneLine } from "../spec/printable.ts";
import type { ClusterState, NodeState, Phase, ProofRecord, RunRecord } from "./cluster-state.ts";
import { isEmptied, overdueMs } from "./drain.ts";
import { type Objection, objectionsTo, objectionTo, type Wait, waitOf, waitsOf } from "./fitness.ts";
import { flapWindowMs, recentLosses } from "./presence.ts";
import { adviceOn, openProof } from "./proof-words.ts";
import { failedRenewal } from "./proving.ts";
import { formatSpan } from "./span.ts";

/** `reason` says why the node is not ready and what to do, in one line; empty for a ready node. */
export type NodePhase = { readonly phase: Phase; readonly reason: string };

/**
 * Tells where a node of the spec stands, by the same rules that admit and withdraw it.
 *
 * A degraded node may still be in the hostfile: one whose newest facts were refused, and a
 * primary that cannot write the hostfile, keep their places.
 */
export function phaseOf(state: ClusterState, name: string): NodePhase {
  if (!state.spec.nodes.has(name)) return { phase: "absent", reason: "not in cluster.yaml" };
  const node = state.nodes.get(name);
  if (node === undefined) {
    return { phase: "absent", reason: `not joined: run \`cowctl token create --node ${name}\`` };
  }
  const objection = objectionTo(state, node);
  if (objection === "drained") return besideDrain(state, node);
  if (objection !== undefined) return objected(objection, state, node);
  if (node.admitted) return admitted(node);
  const wait = waitOf(state, node);
  return wait === undefined ? { phase: "ready", reason: "" } : waiting(wait, state, node);
}

/**
 * Lists all that keeps a joined node from being ready, in words and in the order in which it
 * is judged; the first is the reason that phaseOf gives. Empty for a ready node.
 */
export function obstaclesOf(state: ClusterState, node: NodeState): readonly string[] {
  const objections = [...objectionsTo(state, node)].map((objection) => objected(objection, state, node));
  const rest = node.admitted ? [admitted(node)] : [...waitsOf(state, node)].map((wait) => waiting(wait, state, node));
  return [...objections, ...rest].map(({ reason }) => reason).filter((reason) => reason !== "");
}

function objected(objection: Objection, state: ClusterState, node: NodeState): NodePhase {
  switch (objection) {
    case "drained":
      return keptOut(state, node);
    case "no lease":
      return { phase: "unreachable", reason: "no sign of life: is the machine up, and does its cowherd-agent run?" };
    case "address missing": {
      const address = state.spec.nodes.get(node.name)?.address;
      return { phase: "degraded", reason: `address ${address} is on none of its interfaces (${interfacesOf(node)})` };
    }
    case "run failed":
      return { phase: "degraded", reason: failureOf(node.lastRun) };
    case "keys missing": {
      const missing = node.facts.hostKeys.length === 0 ? "host key: is openssh-server installed?" : "key of its user";
      return { phase: "degraded", reason: `it reports no ${missing}` };
    }
    case "another mpirun": {
      const primary = primaryOf(state.spec);
      const there = launcherOf(state.nodes.get(primary));
      return { phase: "degraded", reason: `mpirun is ${launcherOf(node)} here and ${there} on ${primary}` };
    }
    case "proof failed":
      return { phase: "degraded", reason: failedProof(failedRenewal(state, node), state, node) };
  }
}

/**
 * A node that the operator took out is not told of as lost when it falls silent: that is
 * what it was taken out for. What else speaks against it is told with the reason.
 */
function besideDrain(state: ClusterState, node: NodeState): NodePhase {
  const { phase, reason } = keptOut(state, node);
  const other = phaseOf(
    { ...state, nodes: new Map(state.nodes).set(node.name, { ...node, drain: undefined }) },
    node.name,
  );
  const beside = other.phase === "unreachable" || other.phase === "degraded" ? `; ${other.reason}` : "";
  return { phase, reason: `${reason}${beside}` };
}

function keptOut(state: ClusterState, node: NodeState): NodePhase {
  const { reason = "" } = node.drain ?? {};
  if (isEmptied(state, node)) return { phase: "drained", reason: `drained: ${reason}` };
  return { phase: "draining", reason: `draining: ${remainsOf(state, node)}${overdueOf(state, node)}: ${reason}` };
}

/** What keeps a drained node from being empty. */
function remainsOf({ hostfile }: ClusterState, { name, drain, reachable }: NodeState): string {
  const ranks = drain?.ranks;
  const listed = hostfile?.entries.some(({ node }) => node === name) ?? false;
  if (listed) return "its line stays in the hostfile so far";
  if (ranks === undefined) return "how many ranks still run is not known yet";
  const number = `${ranks} ${ranks === 1 ? "rank" : "ranks"}`;
  if (!reachable) return `${number} ran when it was last heard`;
  return `${number} still ${ranks === 1 ? "runs" : "run"}`;
}

function overdueOf(state: ClusterState, node: NodeState): string {
  const overdue = overdueMs(state, node);
  if (overdue !== undefined) return `, OVERDUE by ${formatSpan(overdue)}`;
  const deadline = node.drain?.deadline;
  return deadline === undefined ? "" : `, ${formatSpan(deadline - state.runTime)} until the deadline`;
}

function admitted(node: NodeState): NodePhase {
  if (node.refusedFacts !== undefined) return { phase: "degraded", reason: `facts refused: ${node.refusedFacts}` };
  const failed = node.lastRun?.generation === node.desired?.generation && failuresOf(node.lastRun).length > 0;
  return failed ? { phase: "degraded", reason: failureOf(node.lastRun) } : { phase: "ready", reason: "" };
}

function waiting(wait: Wait, state: ClusterState, node: NodeState): NodePhase {
  switch (wait.type) {
    case "cooling-down": {
      const losses = recentLosses(state, node).length;
      const after = `it fell silent ${losses} times within ${formatSpan(flapWindowMs)}`;
      const next = `\`cowctl node release ${node.name}\` ends this`;
      return { phase: "quarantined", reason: `cooling down for ${formatSpan(wait.forMs)} more: ${after}; ${next}` };
    }
    case "facts-refused":
      return { phase: "degraded", reason: `facts refused: ${wait.problem}` };
    case "first-run":
      return { phase: "enrolled", reason: "waiting for its first run to end" };
    case "converging": {
      const before = failureOf(node.lastRun);
      return { phase: "converging", reason: before === "" ? "converging" : `converging; before: ${before}` };
    }
    case "primary":
      return { phase: "proving", reason: `waiting for ${primaryOf(state.spec)} to join` };
    case "mpirun": {
      const primary = primaryOf(state.spec);
      const there = launcherOf(state.nodes.get(primary));
      return { phase: "proving", reason: `waiting for an mpirun here: ${primary} has ${there}, and it reports none` };
    }
    case "known-by":
      return { phase: "proving", reason: `waiting for ${wait.peers.join(", ")} to learn its keys` };
    case "launcher":
      return { phase: "proving", reason: `waiting for ${primaryOf(state.spec)} to be ready: it starts the proofs` };
    case "proof": {
      if (wait.failed !== undefined) {
        return { phase: "degraded", reason: failedProof(wait.failed, state, node) };
      }
      return { phase: "proving", reason: `to be proved: ${openProof(wait.kind, state, node.name)}` };
    }
  }
}

/** What failed and the one next step; the agent's words are made harmless where they come in. */
function failedProof(record: ProofRecord | undefined, state: ClusterState, node: NodeState): string {
  if (record?.failure === undefined) return "";
  const mark = /[.?!…]$/.test(record.failure) ? "" : ":";
  return `${record.kind}: ${record.failure}${mark} ${adviceOn(record, state, node.name)}`;
}

/** The first failure, since what was skipped follows from it; empty where there is none. */
function failureOf(run: RunRecord | undefined): string {
  const [first, ...others] = failuresOf(run).filter(({ end }) => end === "failed");
  if (first === undefined) return "";
  const more =
    others.length === 0 ? "" : `; and ${others.length} more (${others.map(({ resource }) => resource).join(", ")})`;
  return oneLine(`${first.resource}: ${reasonOf(first)}${more}`, 300);
}

/** Those of the event broker are no matter of the node's: a notice tells them. */
function failuresOf(run: RunRecord | undefined): readonly Outcome[] {
  return run?.failures.filter((outcome) => !isForBroker(outcome)) ?? [];
}

function reasonOf(outcome: Outcome): string {
  return outcome.end === "failed" ? outcome.reason : outcome.end;
}

function launcherOf(node: NodeState | undefined): string {
  const mpirun = node?.facts.mpirun;
  if (mpirun === undefined) return "missing";
  return `${mpirun.vendor} ${mpirun.version === "" ? "of an unknown version" : mpirun.version}`;
}

function interfacesOf(node: NodeState): string {
  const texts = node.facts.interfaces.flatMap(({ name, addresses }) => addresses.map((cidr) => `${name} ${cidr}`));
  return texts.length === 0 ? "it has none" : oneLine(texts.join(", "), 200);
}
