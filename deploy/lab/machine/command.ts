import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, type FileHandle, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import type { RunResult } from "../lab.ts";
import { CommandFailedError } from "../lab-error.ts";

export type CommandOptions = {
  /** Text for the standard input. The command finds it empty if this is absent. */
  readonly input?: string | undefined;
  /** An open file as the standard input, instead of text. */
  readonly inputFile?: number | undefined;
  /** The whole environment. The caller's own if absent. */
  readonly env?: Readonly<Record<string, string>>;
};

const THIS_MACHINE = "this machine";

/** Runs a command to its end. Rejects only if it cannot be started; the exit code is the caller's to judge. */
export async function runCommand(command: readonly string[], options: CommandOptions = {}): Promise<RunResult> {
  await using input = options.input === undefined ? undefined : await fileOf(options.input);
  const child = spawn(...program(command), {
    stdio: [input?.fd ?? options.inputFile ?? "ignore", "pipe", "pipe"],
    ...(options.env && { env: options.env }),
  });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new TypeError("a child with piped output has none");
  const [exitCode, out, err] = await Promise.all([ending(child), text(stdout), text(stderr)]);
  return { exitCode, stdout: out, stderr: err };
}

/** Runs a command and returns its standard output. Rejects with CommandFailedError if it does not end in 0. */
export async function checkCommand(command: readonly string[], options?: CommandOptions): Promise<string> {
  const result = await runCommand(command, options);
  if (result.exitCode !== 0) throw new CommandFailedError(THIS_MACHINE, command, result);
  return result.stdout;
}

/** Runs a command on the caller's own terminal and returns its exit code. */
export function attachCommand(command: readonly string[]): Promise<number> {
  return ending(spawn(...program(command), { stdio: "inherit" }));
}

/** A command that was started and left alone. */
export type StartedCommand = { hasEnded(): boolean };

/**
 * Starts a command that outlives this process, in a session of its own, with its output
 * appended to the open file `log`.
 */
export async function startCommand(command: readonly string[], log: number): Promise<StartedCommand> {
  const child = spawn(...program(command), { detached: true, stdio: ["ignore", log, log] });
  await once(child, "spawn"); // rejects with the error if there is one instead
  child.unref();
  return { hasEnded: () => child.exitCode !== null || child.signalCode !== null };
}

/** An open file of the text that has no name any more. Node's own pipes are sockets, which no program can open as /dev/stdin. */
async function fileOf(content: string): Promise<FileHandle> {
  const folder = await mkdtemp(`${tmpdir()}/cowherd-lab-`); // nobody else may look into it
  try {
    await writeFile(`${folder}/input`, content);
    await chmod(`${folder}/input`, 0o444); // or /dev/stdin is root's alone
    return await open(`${folder}/input`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function program(command: readonly string[]): [string, string[]] {
  const [file, ...args] = command;
  if (file === undefined) throw new TypeError("an empty command");
  return [file, args];
}

function ending(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? (signal ? 128 + constants.signals[signal] : 1)));
  });
}
