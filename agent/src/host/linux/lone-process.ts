import { spawn } from "node:child_process";
import { constants } from "node:os";
import { type CommandEnd, commandEnvironment } from "../run-command.ts";

/** A process that was started. `ended` may never settle: not even SIGKILL ends what waits in the kernel. */
export type Running = { readonly ended: Promise<CommandEnd>; kill(): void };

/** Starts a program with its arguments. */
export type StartProcess = (argv: readonly [string, ...string[]]) => Running;

/**
 * Runs one process at a time for each key and waits no longer than `timeoutMs` for it.
 *
 * "late" when it did not end in time; it is killed and left behind. As long as it lives none
 * is started for its key, and the answer is "late" at once. "crowded" when nothing was started
 * because `mostLeft` of other keys were left behind and live. Who asks while one runs gets the
 * end of that one. Aborting ends the waiting alone.
 */
export type LoneProcesses = (
  key: string,
  argv: readonly [string, ...string[]],
  signal: AbortSignal,
) => Promise<CommandEnd | "late" | "crowded">;

type Limits = { readonly timeoutMs: number; readonly mostLeft: number };

/** Makes lone processes of `start`. */
export function createLoneProcesses(start: StartProcess, { timeoutMs, mostLeft }: Limits): LoneProcesses {
  const waits = new Map<string, Promise<CommandEnd | "late">>(); // until the process itself is gone
  const left = new Set<string>();

  function begin(key: string, argv: readonly [string, ...string[]]): Promise<CommandEnd | "late"> {
    const { ended, kill } = start(argv);
    const answer = new Promise<CommandEnd | "late">((resolve, reject) => {
      const timer = setTimeout(() => {
        left.add(key);
        kill();
        resolve("late");
      }, timeoutMs);
      ended.then(resolve, reject).finally(() => {
        clearTimeout(timer);
        waits.delete(key);
        left.delete(key);
      });
    });
    waits.set(key, answer);
    return answer;
  }

  return async (key, argv, signal) => {
    signal.throwIfAborted();
    const running = waits.get(key);
    if (running === undefined && left.size >= mostLeft) return "crowded";
    const answer = running ?? begin(key, argv);
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([answer, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  };
}

/** Starts a child of the agent's, in a process group of its own. */
export const startChild: StartProcess = ([program, ...args]) => {
  const child = spawn(program, args, {
    cwd: "/",
    env: commandEnvironment,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    output.stdout = (output.stdout + chunk.toString()).slice(-4096);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output.stderr = (output.stderr + chunk.toString()).slice(-4096);
  });
  const ended = new Promise<CommandEnd>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, killer) => {
      resolve({ exitCode: code ?? 128 + (killer === null ? 0 : constants.signals[killer]), ...output });
    });
  });
  return {
    ended,
    kill() {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It ended by itself in the meantime.
      }
    },
  };
};
