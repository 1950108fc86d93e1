import type { ErrorReason } from "@cowherd/proto";

/**
 * Why the controller did not do what it was asked.
 *
 * - `unreachable`: it is away or unwell. Ask again soon.
 * - `revoked`: this node's certificate is not taken any more. Only a new join helps.
 * - `expired`: this node's certificate is past its end. Only a new join helps.
 * - `refused`: it understood and said no. The same request gets the same answer.
 */
export type LinkFailure = "unreachable" | "revoked" | "expired" | "refused";

/** Tells how a call failed for which the controller gave this reason. Pure. */
export function failureFor(reason: ErrorReason): LinkFailure {
  switch (reason) {
    case "CERTIFICATE_REVOKED":
      return "revoked";
    case "STORE_UNWRITABLE":
    case "TOO_MANY_CALLS":
      return "unreachable";
    case "TOKEN_UNKNOWN":
    case "TOKEN_EXPIRED":
    case "TOKEN_USED":
    case "TOKEN_OTHER_NODE":
    case "NODE_UNKNOWN":
    case "FACTS_REFUSED":
    case "SPEC_INVALID":
    case "HOSTFILE_INVALID":
    case "GENERATION_UNKNOWN":
    case "ROLE_REFUSED":
      return "refused";
  }
}

/** A call to the controller failed. `reason` is what it gave for machines, where it gave one. */
export class LinkError extends Error {
  override readonly name = "LinkError";
  readonly failure: LinkFailure;
  readonly reason: ErrorReason | undefined;

  constructor(
    message: string,
    fields: { readonly failure: LinkFailure; readonly reason?: ErrorReason | undefined; readonly cause?: unknown },
  ) {
    super(message, { cause: fields.cause });
    this.failure = fields.failure;
    this.reason = fields.reason;
  }
}

/** Tells how a call failed. Undefined for what is no failure of the link, but a fault of ours. */
export function linkFailureOf(error: unknown): LinkFailure | undefined {
  return error instanceof LinkError ? error.failure : undefined;
}
