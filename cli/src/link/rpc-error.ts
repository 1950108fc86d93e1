import { isErrorReason } from "@cowherd/proto";
import { ErrorDetail } from "@cowherd/proto/wire";
import { status } from "@grpc/grpc-js";
import { printable } from "../output/printable.ts";
import {
  CallRefusedError,
  HostfileRefusedError,
  type Refusal,
  type SpecProblem,
  SpecRefusedError,
} from "./link-error.ts";

/** What gRPC says of a failed call; `trailer` is the bytes of errorDetailTrailer. */
export type RpcFailure = {
  readonly code: number;
  readonly details: string;
  readonly trailer: Uint8Array | undefined;
};

/** A call that failed on the way rather than at the controller. */
export type TransportFailure = "unavailable" | "deadline";

/** Translates a failed call. The only table of gRPC's codes in this program. Pure. */
export function translateFailure(failure: RpcFailure): Error | TransportFailure {
  const detail = decodeDetail(failure.trailer);
  if (detail?.reason === "SPEC_INVALID") return new SpecRefusedError(problemsOf(detail));
  if (detail?.reason === "HOSTFILE_INVALID") return new HostfileRefusedError(problemsOf(detail));
  const reason = detail !== undefined && isErrorReason(detail.reason) ? detail.reason : undefined;
  const refused = (refusal: Refusal) => new CallRefusedError(refusal, reason, printable(failure.details));
  switch (failure.code) {
    case status.UNAVAILABLE:
    case status.CANCELLED: // what a controller that stops leaves of a call; our own cancelling is not told as a failure
      return reason === undefined ? "unavailable" : refused("not-possible");
    case status.DEADLINE_EXCEEDED:
      return "deadline";
    case status.NOT_FOUND:
      return refused("unknown-name");
    case status.PERMISSION_DENIED:
    case status.UNAUTHENTICATED:
      return refused("not-permitted");
    case status.RESOURCE_EXHAUSTED: // gRPC itself says so of a message that is too long, without a reason
      return refused(reason === undefined ? "not-possible" : "not-now");
    case status.UNIMPLEMENTED:
      return refused("not-supported");
    case status.INTERNAL:
    case status.UNKNOWN:
    case status.DATA_LOSS:
      return refused("fault");
    default:
      return refused("not-possible");
  }
}

function problemsOf({ problems }: ErrorDetail): readonly SpecProblem[] {
  return problems.map(({ line, column, path, message }) => ({
    line,
    column,
    path: printable(path),
    message: printable(message),
  }));
}

function decodeDetail(trailer: Uint8Array | undefined): ErrorDetail | undefined {
  if (trailer === undefined) return undefined;
  try {
    return ErrorDetail.decode(trailer);
  } catch {
    // A detail that cannot be read must not hide the error that it came with.
    return undefined;
  }
}
