import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Account } from "./account.ts";
import { NotInstalledError } from "./primary-error.ts";

export type Program = {
  readonly path: string;
  readonly args: readonly string[];
  /** What it reads from its standard input; nothing where undefined. */
  readonly input?: string;
  /** Whom it runs as, with no further groups; the caller where undefined. */
  readonly account?: Account;
};

/** All that a program of ours may expect: nothing of the caller's environment reaches it. */
const environment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } as const;

/**
 * Runs a program to its end and resolves to its exit code, or to 128 and the number of the
 * signal that ended it. Both of its outputs reach `onText` as they come.
 *
 * Throws NotInstalledError where there is no such program. `signal` ends it.
 */
export function runProgram(program: Program, onText: (text: string) => void, signal: AbortSignal): Promise<number> {
  const { path, args, input = "", account } = program;
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { cwd: "/", env: environment, signal, ...account });
    for (const output of [child.stdout, child.stderr]) output.setEncoding("utf8").on("data", onText);
    child.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? new NotInstalledError(path, { cause: error }) : error);
    });
    child.once("close", (code, ended) => resolve(code ?? 128 + (ended === null ? 0 : constants.signals[ended])));
    child.stdin.on("error", () => {}); // a program that ends before it has read all says why itself
    child.stdin.end(input);
  });
}
