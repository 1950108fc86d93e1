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
