import { InvalidProofError, type Proof, parseProof, proofKinds } from "@cowherd/proto";
import type { Proof as WireProof } from "@cowherd/proto/wire";
import type { Answer } from "../proofs/evidence.ts";

/** Reads a report of proofs. What is of no kind that this version knows proves nothing; what it says of a failure is kept. */
export function toAnswer(reported: readonly WireProof[]): Answer {
  const proofs: Proof[] = [];
  let strange: string | undefined;
  for (const wire of reported.slice(0, proofKinds.length)) {
    try {
      proofs.push(parseProof(wire));
    } catch (error) {
      if (!(error instanceof InvalidProofError)) throw error;
      strange ??= wire.failure === "" ? error.message : wire.failure;
    }
  }
  return { proofs, strange };
}
