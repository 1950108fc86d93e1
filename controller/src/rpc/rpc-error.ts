import { type ErrorReason, errorDetailTrailer } from "@cowherd/proto";
import { ErrorDetail } from "@cowherd/proto/wire";
import { Metadata, type StatusObject, status } from "@grpc/grpc-js";
import { BrokerUserRefusedError, NoOwnBrokerError, UnknownBrokerUserError } from "../broker/broker-users.ts";
import { CertificateRevokedError } from "../enrollment/enrollment.ts";
import { UnknownEventTypeError } from "../events/event-query.ts";
import {
  HostfileHeldError,
  InvalidHostfileError,
  NobodyFitError,
  UnknownGenerationError,
} from "../hostfile/pin-problem.ts";
import { SigningRequestRefusedError } from "../identity/signing-request.ts";
import { OperatorNameError } from "../operators/operators.ts";
import { PrimaryError } from "../operators/primary.ts";
import { NotHeldError } from "../operators/upkeep.ts";
import { InvalidSpecError, type SpecProblem } from "../spec/cluster-spec.ts";
import { FactsRefusedError } from "../state/parse-facts.ts";
import { StoreUnwritableError } from "../store/cluster-store.ts";
import { type TokenProblem, TokenRefusedError } from "../tokens/token-record.ts";
import { TokenLifetimeError, UnknownNodeError, UnknownTokenError } from "../tokens/tokens.ts";

/** The caller's role may not call this method. */
export class RoleRefusedError extends Error {
  override readonly name = "RoleRefusedError";
}

/** The caller calls more often than it may. */
export class TooManyCallsError extends Error {
  override readonly name = "TooManyCallsError";
}

/** The request lacks what it is about. */
export class MalformedRequestError extends Error {
  override readonly name = "MalformedRequestError";
}

/** A newer session of the same node took this one's place. */
export class SessionSupersededError extends Error {
  override readonly name = "SessionSupersededError";
}

// Both travel in HTTP/2 trailers, of which a peer takes 64 KiB.
const mostProblems = 100;
const longestMessage = 2_000; // characters

type Told = {
  readonly code: status;
  readonly reason?: ErrorReason;
  readonly problems?: readonly SpecProblem[];
  /** The caller is told, and the log besides: it is none of the caller's making. */
  readonly logged?: true;
};

/**
 * Brings an error into the form that gRPC sends: the only map from ours to its codes.
 *
 * An error that is not in the map says nothing of itself on the wire; it is ours to log.
 */
export function toRpcStatus(error: unknown): StatusObject {
  const told = tell(error);
  if (told === undefined || !(error instanceof Error)) {
    return { code: status.INTERNAL, details: "internal error of the controller", metadata: new Metadata() };
  }
  const metadata = new Metadata();
  if (told.reason !== undefined) {
    const detail = ErrorDetail.encode({
      reason: told.reason,
      problems: told.problems?.slice(0, mostProblems) ?? [],
    }).finish();
    metadata.set(errorDetailTrailer, Buffer.from(detail));
  }
  return { code: told.code, details: error.message.slice(0, longestMessage), metadata };
}

/** Tells whether an error is not the caller's fault, and so belongs in the log with its cause. */
export function isOurFault(error: unknown): boolean {
  const told = tell(error);
  return told === undefined || told.logged === true;
}

function tell(error: unknown): Told | undefined {
  if (error instanceof TokenRefusedError)
    return { code: status.PERMISSION_DENIED, reason: tokenReasons[error.problem] };
  if (error instanceof CertificateRevokedError) return { code: status.UNAUTHENTICATED, reason: "CERTIFICATE_REVOKED" };
  if (error instanceof RoleRefusedError) return { code: status.PERMISSION_DENIED, reason: "ROLE_REFUSED" };
  if (error instanceof FactsRefusedError) return { code: status.INVALID_ARGUMENT, reason: "FACTS_REFUSED" };
  if (error instanceof UnknownNodeError) return { code: status.NOT_FOUND, reason: "NODE_UNKNOWN" };
  if (error instanceof UnknownTokenError) return { code: status.NOT_FOUND, reason: "TOKEN_UNKNOWN" };
  if (error instanceof InvalidSpecError) {
    return { code: status.INVALID_ARGUMENT, reason: "SPEC_INVALID", problems: error.problems };
  }
  if (error instanceof InvalidHostfileError) {
    return { code: status.INVALID_ARGUMENT, reason: "HOSTFILE_INVALID", problems: error.problems };
  }
  if (error instanceof UnknownEventTypeError) return { code: status.NOT_FOUND };
  if (error instanceof UnknownGenerationError) return { code: status.NOT_FOUND, reason: "GENERATION_UNKNOWN" };
  if (error instanceof NobodyFitError) return { code: status.FAILED_PRECONDITION };
  if (error instanceof HostfileHeldError) return { code: status.FAILED_PRECONDITION };
  if (error instanceof SigningRequestRefusedError) return { code: status.INVALID_ARGUMENT };
  if (error instanceof TokenLifetimeError) return { code: status.INVALID_ARGUMENT };
  if (error instanceof OperatorNameError) return { code: status.INVALID_ARGUMENT };
  if (error instanceof MalformedRequestError) return { code: status.INVALID_ARGUMENT };
  if (error instanceof BrokerUserRefusedError) return { code: status.INVALID_ARGUMENT };
  if (error instanceof UnknownBrokerUserError) return { code: status.NOT_FOUND };
  if (error instanceof NoOwnBrokerError) return { code: status.FAILED_PRECONDITION };
  if (error instanceof NotHeldError) return { code: status.FAILED_PRECONDITION };
  if (error instanceof PrimaryError) return { code: status.FAILED_PRECONDITION };
  if (error instanceof SessionSupersededError) return { code: status.ABORTED };
  if (error instanceof StoreUnwritableError)
    return { code: status.RESOURCE_EXHAUSTED, reason: "STORE_UNWRITABLE", logged: true };
  if (error instanceof TooManyCallsError) return { code: status.RESOURCE_EXHAUSTED, reason: "TOO_MANY_CALLS" };
  return undefined;
}

const tokenReasons: Readonly<Record<TokenProblem, ErrorReason>> = {
  unknown: "TOKEN_UNKNOWN",
  expired: "TOKEN_EXPIRED",
  used: "TOKEN_USED",
  "other-node": "TOKEN_OTHER_NODE",
};
