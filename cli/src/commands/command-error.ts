import type { SpecProblem } from "../link/link-error.ts";
import type { NodeStatus } from "../link/operator-link.ts";

/** The command line asks for what cannot be asked for. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A file that the operator named cannot be read, or not as what it should be. */
export class UnreadableFileError extends Error {
  override readonly name = "UnreadableFileError";
  readonly path: string;
  readonly because: string;

  constructor(path: string, because: string) {
    super(`cannot read ${path}: ${because}`);
    this.path = path;
    this.because = because;
  }
}

/** A file that is to be made is there already, or cannot be made. */
export class UnwritableFileError extends Error {
  override readonly name = "UnwritableFileError";
  readonly path: string;
  readonly because: string;

  constructor(path: string, because: string) {
    super(`cannot write ${path}: ${because}`);
    this.path = path;
    this.because = because;
  }
}

/** The spec in `file` has problems, and nothing was changed. */
export class InvalidSpecFileError extends Error {
  override readonly name = "InvalidSpecFileError";
  readonly file: string;
  readonly problems: readonly SpecProblem[];

  constructor(file: string, problems: readonly SpecProblem[]) {
    super(`${file} is not a valid cluster spec`);
    this.file = file;
    this.problems = problems;
  }
}

/** The hostfile in `file` cannot be taken for one of the cluster's. Lines and columns count from 1. */
export class InvalidHostfileError extends Error {
  override readonly name = "InvalidHostfileError";
  readonly file: string;
  readonly problems: readonly SpecProblem[];

  constructor(file: string, problems: readonly SpecProblem[]) {
    super(`${file} is not a hostfile of the cluster`);
    this.file = file;
    this.problems = problems;
  }
}

/** No such generation is kept. */
export class UnknownGenerationError extends Error {
  override readonly name = "UnknownGenerationError";
}

/** The time to wait ran out. `missing` is undefined where no controller ever answered. */
export class NotReadyError extends Error {
  override readonly name = "NotReadyError";
  readonly missing: readonly NodeStatus[] | undefined;

  constructor(missing: readonly NodeStatus[] | undefined, options: ErrorOptions) {
    super("the cluster is not ready", options);
    this.missing = missing;
  }
}

/** No hostfile was published so far. */
export class NoHostfileError extends Error {
  override readonly name = "NoHostfileError";
}

/** The person was asked and said no. */
export class DeclinedError extends Error {
  override readonly name = "DeclinedError";
}
