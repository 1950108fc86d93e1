import { spawn } from "node:child_process";
import { constants } from "node:os";

/** What a command may use. Everything has a bound. */
export type CommandOptions = {
  /** As whom, in no further group; the agent's own user if absent. */
  readonly as?: { readonly uid: number; readonly gid: number };
  readonly timeoutMs: number;
  /** Of standard output and of standard error, each; what is beyond is thrown away. */
  readonly maxOutputBytes?: number;
};

/** `exitCode` is 128 and the signal's number where a signal ended it, as shells have it. */
export type CommandEnd = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** A command did not do what it was started for. The message names it and its last words, in one line. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

const defaultMaxOutputBytes = 256 * 1024;

/** What a child gets to know of us: nothing but where programs are, and plain English. */
export const commandEnvironment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C.UTF-8",
};

/**
 * Runs a program to its end, without a shell and without input.
 *
 * Rejects with CommandError when it cannot be started or takes too long, and with the
 * signal's reason when aborted; it and its children are killed then. The exit code is the
 * caller's to judge.
 */
export async function runCommand(
  argv: readonly [string, ...string[]],
  options: CommandOptions,
  signal: AbortSignal,
): Promise<CommandEnd> {
  signal.throwIfAborted();
  const { as, timeoutMs, maxOutputBytes = defaultMaxOutputBytes } = options;
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...as,
      cwd: "/",
      env: commandEnvironment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // a process group of its own, so that its children die with it
    });
    const giveUp = (reason: unknown) => {
      if (child.pid !== undefined) killGroup(child.pid);
      reject(reason);
    };
    const onAbort = () => giveUp(signal.reason);
    const timer = setTimeout(() => giveUp(new CommandError(`${program}: no end after ${timeoutMs} ms`)), timeoutMs);
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const stdout = collect(child.stdout, maxOutputBytes);
    const stderr = collect(child.stderr, maxOutputBytes);
    child.once("error", (cause) => {
      settle();
      reject(new CommandError(`${program}: ${cause.message}`, { cause }));
    });
    child.once("close", (code, killer) => {
      settle();
      const exitCode = code ?? 128 + (killer === null ? 0 : constants.signals[killer]);
      resolve({ exitCode, stdout: stdout(), stderr: stderr() });
    });
  });
}

/** Runs a program that must end in 0 and returns its standard output. Rejects with CommandError otherwise. */
export async function requireCommand(
  argv: readonly [string, ...string[]],
  options: CommandOptions,
  signal: AbortSignal,
): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(argv, options, signal);
  if (exitCode === 0) return stdout;
  const lastWords = stderr.trim().split("\n").at(-1) || `exit code ${exitCode}`;
  throw new CommandError(lastWords.startsWith(argv[0]) ? lastWords : `${argv[0]}: ${lastWords}`);
}

function collect(stream: NodeJS.ReadableStream, maxBytes: number): () => string {
  const chunks: Buffer[] = [];
  let room = maxBytes;
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk.subarray(0, room));
    room -= Math.min(room, chunk.length);
  });
  return () => Buffer.concat(chunks).toString();
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended by itself in the meantime.
  }
}
