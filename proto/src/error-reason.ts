/** The trailer that carries an ErrorDetail beside a gRPC status. */
export const errorDetailTrailer = "cowherd-error-bin";

/** Why a call failed, where the caller reacts to it. Never renamed: they are part of the wire. */
export const errorReasons = [
  /** No such token was ever made, or it was revoked. */
  "TOKEN_UNKNOWN",
  "TOKEN_EXPIRED",
  /** Another machine spent it. */
  "TOKEN_USED",
  /** The machine takes itself for another node than the token's. */
  "TOKEN_OTHER_NODE",
  /** A name that is in no spec, or has no machine. */
  "NODE_UNKNOWN",
  /** The certificate is of a removed or replaced node. */
  "CERTIFICATE_REVOKED",
  /** A report with a name or a number out of range. */
  "FACTS_REFUSED",
  /** cluster.yaml has problems; ErrorDetail.problems lists all of them. */
  "SPEC_INVALID",
  /** A hostfile that cannot be adopted; ErrorDetail.problems lists every reason. */
  "HOSTFILE_INVALID",
  /** No such generation of the hostfile, or one that is forgotten. */
  "GENERATION_UNKNOWN",
  /** The caller's role may not call this method. */
  "ROLE_REFUSED",
  /** The controller cannot write what it would change, as on a full disk, and changed nothing. The same call succeeds once it can. */
  "STORE_UNWRITABLE",
  /** From this address come more calls than may. The same call succeeds later. */
  "TOO_MANY_CALLS",
] as const;

/** One of errorReasons. */
export type ErrorReason = (typeof errorReasons)[number];

/** Tells whether a text from the wire is a reason that this version knows. */
export function isErrorReason(text: string): text is ErrorReason {
  return errorReasons.some((reason) => reason === text);
}
