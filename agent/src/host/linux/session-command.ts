import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import type { BoundedEnd } from "../run-as.ts";
import { CommandError, commandEnvironment } from "../run-command.ts";
import { parseProcessStat } from "./process-table.ts";

const maxOutputBytes = 64 * 1024;
const politeMs = 3_000;
const lastWordsMs = 500;
const mostLooks = 8;

/**
 * Runs a program without a shell and without input, and waits no longer than `timeoutMs`.
 *
 * Then it is asked to end, which lets mpirun end its ranks, and killed with all that it
 * started soon after: an MPI's parts make process groups and sessions of their own. One that
 * not even a kill ends is left behind. Rejects with CommandError when it cannot be started,
 * and with the signal's reason when aborted; all of it is killed at once then.
 */
export async function runSession(
  [program, ...args]: readonly [string, ...string[]],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<BoundedEnd> {
  signal.throwIfAborted();
  const child = spawn(program, args, {
    cwd: "/",
    env: commandEnvironment,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a session of its own
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const closed = new Promise<number>((resolve, reject) => {
    child.once("error", (cause) => reject(new CommandError(`${program}: ${cause.message}`, { cause })));
    child.once("close", (code, killer) => resolve(code ?? 128 + (killer === null ? 0 : constants.signals[killer])));
  });
  const ended = (exitCode: number, late: boolean) => ({ exitCode, late, stdout: stdout(), stderr: stderr() });
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const code = await Promise.race([closed, aborted.promise, after(timeoutMs)]);
    if (code !== undefined) return ended(code, false);
    if (child.pid !== undefined) signalOne(-child.pid, "SIGTERM"); // its process group
    const politely = await Promise.race([closed, aborted.promise, after(politeMs)]);
    if (politely !== undefined) return ended(politely, true);
    if (child.pid !== undefined) killAllOf(child.pid);
    return ended((await Promise.race([closed, after(lastWordsMs)])) ?? 128 + constants.signals.SIGKILL, true);
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (child.pid !== undefined) killAllOf(child.pid); // nothing that it started outlives it
    closed.catch(() => {}); // it was told already, or nobody waits any longer
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

function after(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds, undefined).unref();
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let room = maxOutputBytes;
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk.subarray(0, room));
    room -= Math.min(room, chunk.length);
  });
  return () => Buffer.concat(chunks).toString();
}

/**
 * Kills the session of `leader` and all descendants of its processes.
 *
 * They are stopped first, until a look finds no further one: a parent that was killed amid a
 * look would leave children in other sessions that nobody could find. The number of a session is not given to another process while one of it lives, so a
 * leader that is gone already names no stranger.
 */
function killAllOf(leader: number): void {
  const stopped = new Set<number>();
  for (let look = 0; look < mostLooks; look += 1) {
    const further = familyOf(leader).filter((pid) => !stopped.has(pid));
    if (further.length === 0) break;
    for (const pid of further) {
      stopped.add(pid);
      signalOne(pid, "SIGSTOP");
    }
  }
  for (const pid of stopped) signalOne(pid, "SIGKILL");
}

function signalOne(pid: number, by: "SIGTERM" | "SIGSTOP" | "SIGKILL"): void {
  try {
    process.kill(pid, by);
  } catch {
    // It ended by itself in the meantime.
  }
}

function familyOf(leader: number): readonly number[] {
  const processes = readdirSync("/proc").flatMap((name) => {
    const found = /^\d+$/.test(name) ? parseProcessStat(readIfAny(`/proc/${name}/stat`)) : undefined;
    return found === undefined || found.state === "Z" ? [] : [{ pid: Number(name), ...found }];
  });
  const family = new Set(processes.filter(({ session }) => session === leader).map(({ pid }) => pid));
  for (let before = -1; before !== family.size; ) {
    before = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return [...family];
}

function readIfAny(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return ""; // it ended amid the look
  }
}
