import { type ErrorReason, errorDetailTrailer, isErrorReason } from "@cowherd/proto";
import { ErrorDetail } from "@cowherd/proto/wire";
import { type Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { failureFor, LinkError, type LinkFailure } from "./link-error.ts";

/**
 * Turns what grpc-js rejects with into LinkError: the one table of this edge.
 *
 * A reason from the controller decides before the code does. `expired` says that our own
 * certificate is past its end: the controller then ends the handshake, which looks like an
 * unreachable one.
 */
export function toLinkError(error: unknown, call: string, expired: boolean): LinkError {
  if (!isServiceError(error)) return new LinkError(`${call}: broken off`, { failure: "unreachable", cause: error });
  const reason = reasonOf(error.metadata);
  const failure = reason === undefined ? failureOf(error.code, expired) : failureFor(reason);
  return new LinkError(`${call}: ${error.details}`, { failure, reason, cause: error });
}

function failureOf(code: status, expired: boolean): LinkFailure {
  switch (code) {
    case status.UNAVAILABLE:
    case status.UNAUTHENTICATED:
      return expired ? "expired" : "unreachable";
    case status.INVALID_ARGUMENT:
    case status.NOT_FOUND:
    case status.ALREADY_EXISTS:
    case status.PERMISSION_DENIED:
    case status.FAILED_PRECONDITION:
    case status.OUT_OF_RANGE:
    case status.UNIMPLEMENTED:
      return "refused";
    case status.OK:
    case status.CANCELLED:
    case status.UNKNOWN:
    case status.DEADLINE_EXCEEDED:
    case status.RESOURCE_EXHAUSTED:
    case status.ABORTED:
    case status.INTERNAL:
    case status.DATA_LOSS:
      return "unreachable";
  }
}

function reasonOf(metadata: Metadata): ErrorReason | undefined {
  const [detail] = metadata.get(errorDetailTrailer);
  if (!Buffer.isBuffer(detail)) return undefined;
  try {
    const { reason } = ErrorDetail.decode(detail);
    return isErrorReason(reason) ? reason : undefined;
  } catch {
    return undefined; // the code alone still tells what to do
  }
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "metadata" in error && "details" in error;
}
