import type { ProofKind } from "@cowherd/proto";
import type { NodeState, ProofRecord } from "./cluster-state.ts";
import { askedAbout, basisOf, type Provable, probeOf, requiredProofs } from "./proof-basis.ts";

/** A renewal that failed is asked for once more, at once, before it takes a node out. */
export const triesThatCount = 2;

/** Returns the newest proof of a kind while what it rests on still is so. */
export function currentProof(state: Provable, node: NodeState, kind: ProofKind): ProofRecord | undefined {
  const record = node.proofs.find((candidate) => candidate.kind === kind);
  return record?.basis === basisOf(state, node, probeOf(kind)) ? record : undefined;
}

/**
 * Returns the first proof that a node still lacks, with the failure where it was tried.
 * Undefined for a node of which all is proved.
 */
export function lackingProof(
  state: Provable,
  node: NodeState,
): { readonly kind: ProofKind; readonly failed: ProofRecord | undefined } | undefined {
  for (const kind of requiredProofs(state, node)) {
    const record = currentProof(state, node, kind);
    if (record === undefined || record.failure !== undefined) return { kind, failed: record };
  }
  return undefined;
}

/**
 * Returns the first proof that speaks against an admitted node.
 *
 * One that is merely stale does not: the node keeps its place while its proofs are made
 * anew. Nor does a failure until it was seen twice in a row: what a proof goes through (ssh,
 * NFS, a port that is taken) fails once for reasons that are gone a second later, and a node
 * that leaves for them costs a generation of the hostfile, twice. Nor does the silence of
 * another: an agent of the primary that hangs speaks against the primary, whose own proofs
 * it does not tell either, and would otherwise empty the hostfile.
 */
export function failedRenewal(state: Provable, node: NodeState): ProofRecord | undefined {
  if (!node.proofs.some(({ tries }) => tries >= triesThatCount)) return undefined; // nearly always, and cheap
  return requiredProofs(state, node)
    .flatMap((kind) => currentProof(state, node, kind) ?? [])
    .find(({ tries, answered, kind }) => {
      return tries >= triesThatCount && (answered || askedAbout(state, node.name, probeOf(kind)) === node.name);
    });
}
