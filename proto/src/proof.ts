import { type Proof as WireProof, ProofKind as WireProofKind } from "./gen/cowherd/v1/agent.ts";

/**
 * What can be proved of a node, in the order in which it is: each needs what is before it.
 *
 * "peers" and "remnants" are told by the node itself, the others by the primary.
 */
export const proofKinds = [
  "peers",
  "remnants",
  "name",
  "login",
  "identity",
  "shared-folder",
  "mpirun",
  "message",
] as const;

export type ProofKind = (typeof proofKinds)[number];

/** One piece of evidence. `failure` says for people why it does not hold; undefined where it holds. */
export type Proof = {
  readonly kind: ProofKind;
  readonly failure: string | undefined;
  readonly durationMs: number;
};

/** A proof of something that this version does not know, so that it proves nothing. */
export class InvalidProofError extends Error {
  override readonly name = "InvalidProofError";
}

/** Parses a proof from the wire. Throws InvalidProofError for an unknown kind. The text is as hostile as who sent it. */
export function parseProof({ kind, failure, durationMs }: WireProof): Proof {
  const known = parseProofKind(kind);
  if (known === undefined) throw new InvalidProofError(`a proof is of a kind that this version does not know: ${kind}`);
  return { kind: known, failure: failure === "" ? undefined : failure, durationMs };
}

/** Parses a kind from the wire. Undefined for one that this version does not know. */
export function parseProofKind(kind: WireProofKind): ProofKind | undefined {
  return proofKinds.find((candidate) => wireKinds[candidate] === kind);
}

/** Brings a kind into the wire's form. */
export function toWireProofKind(kind: ProofKind): WireProofKind {
  return wireKinds[kind];
}

/** Brings a proof into the wire's form. A failure without words stays one. */
export function toWireProof({ kind, failure, durationMs }: Proof): WireProof {
  return {
    kind: wireKinds[kind],
    failure: failure === "" ? "it failed, and nothing says why" : (failure ?? ""),
    durationMs: Math.min(longestMs, Math.max(0, Math.round(durationMs))),
  };
}

const longestMs = 2 ** 32 - 1; // what a uint32 holds

const wireKinds: Readonly<Record<ProofKind, WireProofKind>> = {
  peers: WireProofKind.PROOF_KIND_PEERS,
  remnants: WireProofKind.PROOF_KIND_REMNANTS,
  name: WireProofKind.PROOF_KIND_NAME,
  login: WireProofKind.PROOF_KIND_LOGIN,
  identity: WireProofKind.PROOF_KIND_IDENTITY,
  "shared-folder": WireProofKind.PROOF_KIND_SHARED_FOLDER,
  mpirun: WireProofKind.PROOF_KIND_MPIRUN,
  message: WireProofKind.PROOF_KIND_MESSAGE,
};
