import type { Proof, ProofKind } from "@cowherd/proto";
import { oneLine } from "../spec/printable.ts";

/** What an agent answered. `strange` is what it said of a kind that this version does not know. */
export type Answer = { readonly proofs: readonly Proof[]; readonly strange: string | undefined };

/** `answered` is false where the last of them failed since the agent told nothing of it. */
export type Evidence = { readonly proofs: readonly Proof[]; readonly answered: boolean };

const longestFailure = 300; // characters

/**
 * Takes from an answer what was asked for, and nothing else: in order, up to the first that
 * does not hold. What it leaves out does not hold; the reason is what it said instead, such
 * as that it is too old.
 *
 * It goes to the store and to terminals, so an agent can make it neither long nor able to
 * steer one.
 */
export function evidenceOf(kinds: readonly ProofKind[], { proofs, strange }: Answer): Evidence {
  const taken: Proof[] = [];
  for (const kind of kinds) {
    const proof = proofs.find((candidate) => candidate.kind === kind);
    if (proof?.failure !== undefined) {
      return { proofs: [...taken, { ...proof, failure: harmless(proof.failure) }], answered: true };
    }
    if (proof === undefined) {
      const instead = strange ?? proofs.find((other) => !kinds.includes(other.kind))?.failure;
      const failure = harmless(instead ?? "the answer does not tell of it");
      return { proofs: [...taken, { kind, failure, durationMs: 0 }], answered: false };
    }
    taken.push(proof);
  }
  return { proofs: taken, answered: true };
}

function harmless(failure: string): string {
  const line = oneLine(failure, longestFailure);
  return line === "" ? "it failed, and nothing says why" : line;
}
