/** Only root may make a machine the primary. */
export class NotRootError extends Error {
  override readonly name = "NotRootError";
}

/** The machine is the primary already, and its own node has joined. */
export class AlreadyInitialisedError extends Error {
  override readonly name = "AlreadyInitialisedError";
  readonly cluster: string;

  constructor(cluster: string) {
    super(`this machine is the primary of cluster ${cluster} already`);
    this.cluster = cluster;
  }
}

/** Something that Cowherd's package brings is not there. */
export class NotInstalledError extends Error {
  override readonly name = "NotInstalledError";
  /** The path of a program, or "user cowherd". */
  readonly missing: string;

  constructor(missing: string, options: ErrorOptions) {
    super(`${missing} is missing`, options);
    this.missing = missing;
  }
}

/** A program that init needs ended badly; what it said was passed on. */
export class ProgramFailedError extends Error {
  override readonly name = "ProgramFailedError";
  readonly program: string;
  /** From 1; 128 and the signal's number where a signal ended it. */
  readonly exitCode: number;
  /** For people: what to look at. */
  readonly next: string;

  constructor(program: string, exitCode: number, next: string) {
    super(`${program} ended with exit code ${exitCode}`);
    this.program = program;
    this.exitCode = exitCode;
    this.next = next;
  }
}

/** The controller was started and did not answer in time. */
export class ControllerNotUpError extends Error {
  override readonly name = "ControllerNotUpError";
}

/** The controller's spec names no primary, which no valid spec does. */
export class NoPrimaryError extends Error {
  override readonly name = "NoPrimaryError";
}
