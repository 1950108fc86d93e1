import { parseProofKind } from "@cowherd/proto";
import { type ExplainNodeResponse, ProofResult, type ProofStatus as WireProofStatus } from "@cowherd/proto/wire";
import { printable } from "../output/printable.ts";
import { UnexpectedAnswerError } from "./link-error.ts";
import type { NodeExplanation, ProofStatus } from "./operator-link.ts";
import { parseNode, textOrNone } from "./parse-answer.ts";

/** Parses why a node stands where it stands; throws UnexpectedAnswerError for an answer without its status. */
export function parseExplanation({ status, obstacles, next, proofs }: ExplainNodeResponse): NodeExplanation {
  if (status === undefined) throw new UnexpectedAnswerError("an explanation without a status");
  return {
    status: parseNode(status),
    obstacles: obstacles.map(printable),
    next: textOrNone(next),
    proofs: proofs.map(parseProofStatus),
  };
}

function parseProofStatus({ kind, result, failure, at, ageMs, durationMs, tries }: WireProofStatus): ProofStatus {
  return {
    kind: parseProofKind(kind) ?? "unknown",
    result: parseResult(result),
    failure: textOrNone(failure),
    at: at === undefined || Number.isNaN(at.getTime()) ? undefined : at,
    ageMs: ageMs === undefined ? undefined : Number(ageMs),
    durationMs,
    tries,
  };
}

function parseResult(result: ProofResult): ProofStatus["result"] {
  switch (result) {
    case ProofResult.PROOF_RESULT_MISSING:
      return "missing";
    case ProofResult.PROOF_RESULT_HOLDS:
      return "holds";
    case ProofResult.PROOF_RESULT_FAILED:
      return "failed";
    case ProofResult.PROOF_RESULT_STALE:
      return "stale";
    case ProofResult.PROOF_RESULT_UNSPECIFIED:
    case ProofResult.UNRECOGNIZED:
      return "unknown";
  }
  return "unknown"; // protobuf enums are open: a newer controller may send another number
}
