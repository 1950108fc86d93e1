import type { ErrorReason } from "@cowherd/proto";
import type { ControllerAddress } from "./controller-address.ts";

/** Why nobody answered. */
export type Unreachability =
  /** The socket is not there: no controller runs on this machine. */
  | "no-socket"
  /** The socket is there, and this user may not open it. */
  | "not-permitted"
  /** A controller that died left its socket behind. */
  | "not-listening"
  /** The network, the certificates, or a controller that stops just now; `detail` says. */
  | "no-connection";

/** No controller was reached. Nothing was asked of it. */
export class ControllerUnreachableError extends Error {
  override readonly name = "ControllerUnreachableError";
  readonly address: ControllerAddress;
  readonly because: Unreachability;
  /** For people; empty where `because` says all. */
  readonly detail: string;

  constructor(address: ControllerAddress, because: Unreachability, detail: string) {
    super(`cannot reach the controller: ${because}`);
    this.address = address;
    this.because = because;
    this.detail = detail;
  }
}

/** The controller was asked and did not answer in time: what was asked may have been done. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
  readonly address: ControllerAddress;

  constructor(address: ControllerAddress) {
    super("the controller did not answer in time");
    this.address = address;
  }
}

/** Why a controller said no, as far as a caller can react to it. */
export type Refusal =
  /** No such node, token or generation. */
  | "unknown-name"
  | "not-permitted"
  /** The request cannot be met as it is. */
  | "not-possible"
  /** Nothing is wrong with the request, and the same one may succeed later. */
  | "not-now"
  /** The controller does not know the method: it is older than this program. */
  | "not-supported"
  /** The controller is at fault; its log tells more. */
  | "fault";

/** The controller said no. `message` is its own words. */
export class CallRefusedError extends Error {
  override readonly name = "CallRefusedError";
  readonly refusal: Refusal;
  /** Undefined where the controller gave none, or one that this version does not know. */
  readonly reason: ErrorReason | undefined;

  constructor(refusal: Refusal, reason: ErrorReason | undefined, message: string) {
    super(message);
    this.refusal = refusal;
    this.reason = reason;
  }
}

/** One thing that is wrong in a cluster spec, or in a hostfile. Lines and columns count from 1. */
export type SpecProblem = {
  readonly line: number;
  readonly column: number;
  /** "nodes.vm_1.address"; empty for the document. */
  readonly path: string;
  readonly message: string;
};

/** The spec has problems and nothing was changed. `problems` is all of them. */
export class SpecRefusedError extends Error {
  override readonly name = "SpecRefusedError";
  readonly problems: readonly SpecProblem[];

  constructor(problems: readonly SpecProblem[]) {
    super("the cluster spec is invalid");
    this.problems = problems;
  }
}

/** The text cannot be the hostfile and nothing was changed. `problems` is all of them; their path is empty. */
export class HostfileRefusedError extends Error {
  override readonly name = "HostfileRefusedError";
  readonly problems: readonly SpecProblem[];

  constructor(problems: readonly SpecProblem[]) {
    super("the hostfile cannot be adopted");
    this.problems = problems;
  }
}

/** The controller answered with what no controller may answer. */
export class UnexpectedAnswerError extends Error {
  override readonly name = "UnexpectedAnswerError";
}

/** The folder behind --credentials does not hold what it should. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
  readonly path: string;

  constructor(path: string, options: ErrorOptions) {
    super(`cannot read ${path}`, options);
    this.path = path;
  }
}

/** Tells whether asking again later may help. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof ControllerUnreachableError) return error.because !== "not-permitted";
  return error instanceof NoAnswerError;
}
