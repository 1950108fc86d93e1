import { type ErrorReason, errorDetailTrailer, isErrorReason } from "@cowherd/proto";
import { ErrorDetail } from "@cowherd/proto/wire";
import { Metadata } from "@grpc/grpc-js";

/** Reads the reason out of what a call failed with. Undefined where it has none. */
export function reasonOf(error: unknown): ErrorReason | undefined {
  if (!(error instanceof Error) || !("metadata" in error) || !(error.metadata instanceof Metadata)) return undefined;
  const [detail] = error.metadata.get(errorDetailTrailer);
  if (!(detail instanceof Buffer)) return undefined;
  const { reason } = ErrorDetail.decode(detail);
  return isErrorReason(reason) ? reason : undefined;
}
