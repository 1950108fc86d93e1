import type { Proof } from "@cowherd/proto";
import type { ClusterEvent, NodeState, ProofRecord } from "./cluster-state.ts";
import { basisOf, type Provable, probeOf } from "./proof-basis.ts";

type Reported = Extract<ClusterEvent, { readonly type: "proofs-reported" }>;

/** Takes what was found out about a node, unless what it was asked for on has changed meanwhile. */
export function withProofs(state: Provable, node: NodeState, reported: Reported): NodeState {
  const current = reported.proofs.filter(({ kind }) => basisOf(state, node, probeOf(kind)) === reported.basis);
  return current.reduce((next, proof) => withProof(next, proof, reported), node);
}

/**
 * Lets whatever failed be asked for at once: the node told something new, so it may hold now.
 * Of an admitted node it is asked at once anyway, and a node that always tells something new
 * would never be found to have failed twice.
 */
export function askedAnew(node: NodeState): NodeState {
  if (node.admitted || !node.proofs.some(({ tries }) => tries > 0)) return node;
  return { ...node, proofs: node.proofs.map((proof) => (proof.tries === 0 ? proof : { ...proof, tries: 0 })) };
}

function withProof(node: NodeState, { kind, failure, durationMs }: Proof, reported: Reported): NodeState {
  const { basis, answered, at } = reported;
  const last = node.proofs.find((record) => record.kind === kind && record.basis === basis);
  if (last?.at === at && last.failure === failure) return node; // told twice
  const again = failure !== undefined && last?.failure !== undefined;
  const record: ProofRecord = {
    kind,
    failure,
    answered,
    at,
    durationMs,
    basis,
    tries: failure === undefined ? 0 : (again ? last.tries : 0) + 1,
    since: again ? last.since : at,
  };
  return { ...node, proofs: [...node.proofs.filter((other) => other.kind !== kind), record] };
}
