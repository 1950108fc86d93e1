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
} from "../commands/command-error.ts";
import { NothingDiscoveredError } from "../discovery/discover.ts";
import { formatAddress } from "../link/controller-address.ts";
import {
  CallRefusedError,
  ControllerUnreachableError,
  CredentialsError,
  HostfileRefusedError,
  NoAnswerError,
  type SpecProblem,
  SpecRefusedError,
  UnexpectedAnswerError,
} from "../link/link-error.ts";
import {
  AlreadyInitialisedError,
  ControllerNotUpError,
  NoPrimaryError,
  NotInstalledError,
  NotRootError,
  ProgramFailedError,
} from "../primary/primary-error.ts";
import { printable, printableLines } from "./printable.ts";

/** What is wrong, and what to do about it where that is known. */
type FailureText = { readonly wrong: string; readonly next?: string };

const controllerUnit = "cowherd-controller.service";
const seeHistory = '"cowctl hostfile history" shows those that are kept';
const seeLog = `journalctl -u ${controllerUnit} on the primary`;

/** Tells a failure to people. For a fault of our own it shows where, so that it can be reported. */
export function renderFailure(error: unknown): string {
  const { wrong, next } = describe(error);
  return `cowctl: ${wrong}\n${next === undefined ? "" : `next: ${next}\n`}`;
}

function describe(error: unknown): FailureText {
  if (error instanceof ControllerUnreachableError) return describeUnreachable(error);
  if (error instanceof NoAnswerError) {
    return { wrong: `the controller at ${formatAddress(error.address)} did not answer in time`, next: seeLog };
  }
  if (error instanceof CallRefusedError) return describeRefusal(error);
  if (error instanceof InvalidSpecFileError) return describeProblems(error.file, error.problems);
  if (error instanceof SpecRefusedError) return describeProblems("cluster.yaml", error.problems);
  if (error instanceof InvalidHostfileError) return describeProblems(error.file, error.problems);
  if (error instanceof HostfileRefusedError) return describeProblems("the hostfile", error.problems);
  if (error instanceof UnknownGenerationError) return { wrong: error.message, next: seeHistory };
  if (error instanceof CredentialsError) {
    return {
      wrong: printable(error.message),
      next: "sudo cowctl operator create NAME --out DIR on the primary makes one",
    };
  }
  if (error instanceof NotReadyError) return describeNotReady(error);
  if (error instanceof NoHostfileError) {
    return { wrong: error.message, next: '"cowctl status" shows what each node waits for' };
  }
  if (error instanceof NotRootError)
    return { wrong: "init makes changes as root", next: "sudo cowctl init -f cluster.yaml" };
  if (error instanceof AlreadyInitialisedError) {
    return { wrong: error.message, next: '"cowctl apply -f cluster.yaml" changes its spec' };
  }
  if (error instanceof NotInstalledError) {
    return { wrong: error.message, next: "install the package cowherd, or install it again" };
  }
  if (error instanceof ProgramFailedError) return { wrong: error.message, next: error.next };
  if (error instanceof ControllerNotUpError) return { wrong: error.message, next: seeLog };
  if (error instanceof UnexpectedAnswerError || error instanceof NoPrimaryError) {
    return {
      wrong: `the controller gave an unexpected answer: ${error.message}`,
      next: "cowctl version compares the two",
    };
  }
  if (
    error instanceof UsageError ||
    error instanceof UnreadableFileError ||
    error instanceof NothingDiscoveredError ||
    error instanceof UnwritableFileError ||
    error instanceof DeclinedError
  ) {
    return { wrong: printable(error.message) };
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { wrong: `a fault in cowctl itself: ${printableLines(trace)}` };
}

function describeUnreachable({ address, because, detail }: ControllerUnreachableError): FailureText {
  const name = formatAddress(address);
  switch (because) {
    case "no-socket":
      return {
        wrong: `no controller runs on this machine (${name} is not there)`,
        next: `on the primary "sudo systemctl start ${controllerUnit}", elsewhere --controller ADDRESS --credentials DIR`,
      };
    case "not-permitted":
      return { wrong: `this user may not talk to the controller (${name})`, next: "the same with sudo" };
    case "not-listening":
      return {
        wrong: `the controller is not running (nobody listens at ${name})`,
        next: `sudo systemctl restart ${controllerUnit}; journalctl -u ${controllerUnit} tells why it ended`,
      };
    case "no-connection":
      return { wrong: `cannot reach the controller at ${name}: ${detail}`, next: seeLog };
  }
}

function describeRefusal({ refusal, reason, message }: CallRefusedError): FailureText {
  const wrong = message === "" ? `refused (${reason ?? refusal})` : message;
  switch (reason) {
    case "NODE_UNKNOWN":
      return { wrong, next: '"cowctl status" shows the nodes; "cowctl apply" adds one' };
    case "TOKEN_UNKNOWN":
      return { wrong, next: '"cowctl token list" shows the tokens' };
    case "GENERATION_UNKNOWN":
      return { wrong, next: seeHistory };
    case "CERTIFICATE_REVOKED":
    case "ROLE_REFUSED":
      return { wrong, next: "on the primary, with sudo and without --controller, everything is allowed" };
    case "STORE_UNWRITABLE":
    case "TOO_MANY_CALLS":
      return { wrong, next: "the same command, once that is over" };
    case "TOKEN_EXPIRED":
    case "TOKEN_USED":
    case "TOKEN_OTHER_NODE":
    case "FACTS_REFUSED":
    case "SPEC_INVALID":
    case "HOSTFILE_INVALID":
    case undefined:
      break;
  }
  if (refusal === "not-supported") return { wrong, next: 'the controller is older: "cowctl version" compares the two' };
  return refusal === "fault" ? { wrong: `the controller is at fault: ${wrong}`, next: seeLog } : { wrong };
}

function describeProblems(file: string, problems: readonly SpecProblem[]): FailureText {
  const name = printable(file);
  const lines = problems.map(
    ({ line, column, path, message }) => `${name}:${line}:${column}: ${path === "" ? "" : `${path}: `}${message}`,
  );
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  return { wrong: `${name} has ${count}; nothing was changed\n${lines.join("\n")}` };
}

function describeNotReady({ missing, cause }: NotReadyError): FailureText {
  if (missing === undefined) {
    return { wrong: "the time is up and no controller answered", ...(cause === undefined ? {} : { next: seeLog }) };
  }
  const lines = missing.map(
    ({ node, phase, reason }) => `  ${node}: ${phase}${reason === undefined ? "" : `, ${reason}`}`,
  );
  return { wrong: `the time is up and not every node is ready:\n${lines.join("\n")}` };
}
