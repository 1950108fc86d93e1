import type { ErrorReason } from "@cowherd/proto";
import { LinkError } from "../link/link-error.ts";

/** Why a machine could not join. */
export type JoinFailure =
  | "not-root"
  | "token-malformed"
  | "already-joined"
  | "unreachable"
  | "pin-mismatch"
  | "clock-wrong"
  | "token-unknown"
  | "token-expired"
  | "token-used"
  | "token-of-other-node"
  | "node-unknown"
  | "facts-refused"
  | "not-now"
  | "refused"
  | "service-not-started";

/** The machine did not join. The message says what was found; the table of join-end.ts says what to do. */
export class JoinError extends Error {
  override readonly name = "JoinError";
  readonly failure: JoinFailure;

  constructor(failure: JoinFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.failure = failure;
  }
}

/** Turns what an enrolment rejected with into JoinError. Anything that is no failure of the link stays what it is. */
export function toJoinError(error: unknown): unknown {
  if (!(error instanceof LinkError)) return error;
  return new JoinError(failureOf(error), error.message, error);
}

function failureOf({ failure, reason }: LinkError): JoinFailure {
  if (reason !== undefined) return byReason[reason];
  return failure === "unreachable" ? "unreachable" : "refused";
}

const byReason: Readonly<Record<ErrorReason, JoinFailure>> = {
  TOKEN_UNKNOWN: "token-unknown",
  TOKEN_EXPIRED: "token-expired",
  TOKEN_USED: "token-used",
  TOKEN_OTHER_NODE: "token-of-other-node",
  NODE_UNKNOWN: "node-unknown",
  FACTS_REFUSED: "facts-refused",
  CERTIFICATE_REVOKED: "refused",
  ROLE_REFUSED: "refused",
  SPEC_INVALID: "refused",
  HOSTFILE_INVALID: "refused",
  GENERATION_UNKNOWN: "refused",
  STORE_UNWRITABLE: "not-now",
  TOO_MANY_CALLS: "not-now",
};
