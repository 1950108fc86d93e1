import { type ProofKind, toWireProofKind } from "@cowherd/proto";
import { type ExplainNodeResponse, ProofResult, type ProofStatus } from "@cowherd/proto/wire";
import type { Controller } from "../controller.ts";
import { quote } from "../spec/printable.ts";
import type { ClusterState, NodeState } from "../state/cluster-state.ts";
import { nextStepOf } from "../state/next-step.ts";
import { obstaclesOf, phaseOf } from "../state/phase.ts";
import { requiredProofs } from "../state/proof-basis.ts";
import { currentProof } from "../state/proving.ts";
import { UnknownNodeError } from "../tokens/tokens.ts";
import { nodeStatus } from "./cluster-status.ts";

/** Tells why a node stands where it stands, and what was proved of it. Throws UnknownNodeError for a name outside the spec. */
export function nodeExplanation(
  { loop, liveness, now }: Pick<Controller, "loop" | "liveness" | "now">,
  name: string,
): ExplainNodeResponse {
  const state = loop.present();
  const wanted = state.spec.nodes.get(name);
  if (wanted === undefined) throw new UnknownNodeError(`no node ${quote(name)} in the cluster spec`);
  const node = state.nodes.get(name);
  return {
    status: nodeStatus(state, wanted, liveness.remaining(name), liveness.activity(name)),
    obstacles: node === undefined ? [phaseOf(state, name).reason] : [...obstaclesOf(state, node)],
    next: nextStepOf(state, name),
    proofs: node === undefined ? [] : requiredProofs(state, node).map((kind) => proofStatus(state, node, kind, now())),
  };
}

function proofStatus(state: ClusterState, node: NodeState, kind: ProofKind, now: number): ProofStatus {
  const newest = node.proofs.find((record) => record.kind === kind);
  const wireKind = toWireProofKind(kind);
  if (newest === undefined) {
    return { kind: wireKind, result: ProofResult.PROOF_RESULT_MISSING, failure: "", tries: 0 };
  }
  const { failure = "", at, durationMs, tries } = newest;
  return {
    kind: wireKind,
    result: resultOf(currentProof(state, node, kind) !== undefined, failure),
    failure,
    at: new Date(at),
    ageMs: BigInt(Math.max(0, now - at)),
    durationMs,
    tries,
  };
}

function resultOf(current: boolean, failure: string): ProofResult {
  if (!current) return ProofResult.PROOF_RESULT_STALE;
  return failure === "" ? ProofResult.PROOF_RESULT_HOLDS : ProofResult.PROOF_RESULT_FAILED;
}
