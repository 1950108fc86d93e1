import { CommanderError } from "commander";
import {
  DeclinedError,
  InvalidHostfileError,
  InvalidSpecFileError,
  NoHostfileError,
  NotReadyError,
  UnknownGenerationError,
  UnreadableFileError,
  UnwritableFileError,
  UsageError,
} from "./commands/command-error.ts";
import { NothingDiscoveredError } from "./discovery/discover.ts";
import {
  CallRefusedError,
  ControllerUnreachableError,
  CredentialsError,
  HostfileRefusedError,
  NoAnswerError,
  type Refusal,
  SpecRefusedError,
  UnexpectedAnswerError,
} from "./link/link-error.ts";
import {
  AlreadyInitialisedError,
  ControllerNotUpError,
  NoPrimaryError,
  NotInstalledError,
  NotRootError,
  ProgramFailedError,
} from "./primary/primary-error.ts";

/** What cowctl ends with. From 64 on they are those of sysexits.h, so that scripts can tell them apart. */
export const exitCodes = {
  done: 0,
  /** The controller said no, or the person did; `hostfile lint` found what an MPI would misread. */
  refused: 1,
  /** `plan --exit-code` alone: something would change. */
  changes: 2,
  /** The command line is wrong. */
  usage: 64,
  /** The cluster spec is invalid, or the hostfile that is to be taken. */
  invalidSpec: 65,
  /** A file that was named cannot be read. */
  unreadable: 66,
  /** No such node, token or generation. */
  unknownName: 68,
  /** No controller answers. */
  unavailable: 69,
  /** Cowherd itself is at fault. */
  fault: 70,
  /** Cowherd is not installed whole. */
  notInstalled: 72,
  /** What is to be made is there already, or cannot be made. */
  cannotCreate: 73,
  /** Not yet: the same command may succeed later. */
  notYet: 75,
  /** The controller speaks another version of the protocol. */
  protocol: 76,
  /** This user may not. */
  notPermitted: 77,
  /** The person ended it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Maps every failure to an exit code. `init` passes on the code of a program that failed. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof InvalidSpecFileError || error instanceof SpecRefusedError) return exitCodes.invalidSpec;
  if (error instanceof InvalidHostfileError || error instanceof HostfileRefusedError) return exitCodes.invalidSpec;
  if (error instanceof UnknownGenerationError) return exitCodes.unknownName;
  if (
    error instanceof UnreadableFileError ||
    error instanceof NothingDiscoveredError ||
    error instanceof CredentialsError
  )
    return exitCodes.unreadable;
  if (error instanceof UnwritableFileError) return exitCodes.cannotCreate;
  if (error instanceof NoHostfileError || error instanceof NotReadyError) return exitCodes.notYet;
  if (error instanceof DeclinedError) return exitCodes.refused;
  if (error instanceof CallRefusedError) return exitCodeOfRefusal(error.refusal);
  if (error instanceof ControllerUnreachableError) {
    return error.because === "not-permitted" ? exitCodes.notPermitted : exitCodes.unavailable;
  }
  if (error instanceof NoAnswerError || error instanceof ControllerNotUpError) return exitCodes.unavailable;
  if (error instanceof UnexpectedAnswerError || error instanceof NoPrimaryError) return exitCodes.protocol;
  if (error instanceof NotRootError) return exitCodes.notPermitted;
  if (error instanceof NotInstalledError) return exitCodes.notInstalled;
  if (error instanceof AlreadyInitialisedError) return exitCodes.cannotCreate;
  if (error instanceof ProgramFailedError) return error.exitCode;
  return exitCodes.fault;
}

function exitCodeOfRefusal(refusal: Refusal): ExitCode {
  switch (refusal) {
    case "unknown-name":
      return exitCodes.unknownName;
    case "not-permitted":
      return exitCodes.notPermitted;
    case "not-possible":
      return exitCodes.refused;
    case "not-now":
      return exitCodes.notYet;
    case "not-supported":
      return exitCodes.protocol;
    case "fault":
      return exitCodes.fault;
  }
}
