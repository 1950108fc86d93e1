/** A command ended in something other than 0. */
export class CommandFailedError extends Error {
  override readonly name = "CommandFailedError";
  readonly host: string;
  readonly command: readonly string[];
  readonly exitCode: number;
  readonly stderr: string;

  constructor(host: string, command: readonly string[], result: { exitCode: number; stdout: string; stderr: string }) {
    super(`${host}: ${command.join(" ")} ended in ${result.exitCode}${quoteTail(result.stderr || result.stdout)}`);
    this.host = host;
    this.command = command;
    this.exitCode = result.exitCode;
    this.stderr = result.stderr;
  }
}

/** A command did not end in the time it was given, and was killed. */
export class CommandTimedOutError extends Error {
  override readonly name = "CommandTimedOutError";
  readonly host: string;
  readonly command: readonly string[];
  readonly stdout: string;
  readonly stderr: string;

  constructor(host: string, command: readonly string[], timeoutMs: number, output: { stdout: string; stderr: string }) {
    super(`${host}: ${command.join(" ")} had not ended after ${timeoutMs} ms${quoteTail(output.stderr)}`);
    this.host = host;
    this.command = command;
    this.stdout = output.stdout;
    this.stderr = output.stderr;
  }
}

/** A host did not come up. `console` is the end of what it printed. */
export class BootFailedError extends Error {
  override readonly name = "BootFailedError";
  readonly console: string;

  constructor(host: string, why: string, console: string) {
    super(`${host} did not boot: ${why}${quoteTail(console)}`);
    this.console = console;
  }
}

/** The host is off, so nothing can be done in it. */
export class HostOffError extends Error {
  override readonly name = "HostOffError";

  constructor(host: string) {
    super(`${host} is off`);
  }
}

/** What the caller asked for cannot be: a bad name or address, or one that is taken or unknown. */
export class LabRequestError extends Error {
  override readonly name = "LabRequestError";
}

/** This machine cannot do what a lab needs of it. */
export class UnfitMachineError extends Error {
  override readonly name = "UnfitMachineError";
}

const TAIL_LINES = 15;

function quoteTail(text: string): string {
  const lines = text.trimEnd().split("\n").slice(-TAIL_LINES);
  return lines.join("") === "" ? "" : `\n${lines.map((line) => `  | ${line}`).join("\n")}`;
}
