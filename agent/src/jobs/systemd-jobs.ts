import { type FSWatcher, watch as watchFolder } from "node:fs";
import { mkdir, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ignoreAbsence } from "./absence.ts";
import { exitRecorder, parseExitRecord, recordExitScript } from "./exit-record.ts";
import { followOutput, readOutputEnd } from "./job-output.ts";
import { type Job, type JobEnd, JobLostError, type Jobs } from "./jobs.ts";
import { startCommand, unitOf } from "./unit-command.ts";

/** What the adapter stands on. */
export type SystemdJobsDeps = {
  /** Holds a folder for each job: job.json, output, and in the end exit. */
  readonly folder: string;
  /** Where systemd keeps the files of transient units for as long as they are loaded. */
  readonly transientUnits: string;
  /** Runs systemd-run to its end. Rejects when it does not end in 0. */
  execute(argv: readonly [string, ...string[]], signal: AbortSignal): Promise<void>;
  /** Asks the kernel to tell of changes in a job's folder; throws where it will not. Node's own if absent. */
  readonly watch?: (folder: string, changed: () => void) => FSWatcher;
};

/** A look beside the kernel's word, in case that a unit ended without being able to write how. */
const lookAgainMs = 30_000;

/** Where there is no word of the kernel's, because the user's inotify instances are used up. */
const lookUnwatchedMs = 1_000;

/** How soon it is looked again whether a unit was unloaded: at first, and at most. */
const unload = { firstMs: 10, mostMs: 1_000 };

/**
 * Jobs as transient systemd units.
 *
 * The unit itself records its end (ExecStopPost), so that it is known whether or not an
 * agent was there to see it. Waiting costs no process: the kernel tells of the record, and
 * a unit that runs has its file in `transientUnits`, which a power cut empties.
 */
export function createSystemdJobs(deps: SystemdJobsDeps): Jobs {
  const { folder, transientUnits, execute, watch = watchFolder } = deps;
  const isLoaded = async (id: string) =>
    (await stat(join(transientUnits, unitOf(id))).catch(ignoreAbsence)) !== undefined;

  /** A unit stays loaded for a moment after it recorded its end, and would be taken for the next one of its name. */
  async function untilUnloaded(id: string, signal: AbortSignal): Promise<void> {
    for (let pause = unload.firstMs; await isLoaded(id); pause = Math.min(2 * pause, unload.mostMs))
      await sleep(pause, undefined, { signal });
  }

  async function start(job: Job, at: string, signal: AbortSignal): Promise<void> {
    await writeFile(join(at, exitRecorder), recordExitScript, { mode: 0o600 });
    if (job.input !== undefined) await writeFile(join(at, "input"), job.input, { mode: 0o600 });
    await writeFile(join(at, "job.json"), recordOf(job), { mode: 0o600 });
    try {
      await execute(startCommand(job, at), signal);
    } catch (error) {
      signal.throwIfAborted();
      // Its unit may have failed at once, or run already, started by an agent that was killed right after.
      if (!(await isLoaded(job.id)) && (await readText(join(at, "exit"))) === undefined) {
        await removeFolder(at);
        throw error;
      }
    }
  }

  return {
    async run(job, signal, heard = () => {}) {
      signal.throwIfAborted();
      const at = join(folder, job.id);
      await mkdir(at, { recursive: true, mode: 0o700 });
      const isWritten = (await readText(join(at, "job.json"))) !== undefined;
      if (!isWritten) await untilUnloaded(job.id, signal);
      const hadEnded = (await readText(join(at, "exit"))) !== undefined;
      const started = (await stat(join(at, "output")).catch(ignoreAbsence)) !== undefined;
      if (!started && !hadEnded && !(await isLoaded(job.id))) {
        await start(job, at, signal);
      }
      {
        using _following = followOutput(join(at, "output"), heard);
        await ended({ at, isLoaded: () => isLoaded(job.id), watch }, signal);
      }
      const exit = await readText(join(at, "exit"));
      const exitCode = exit === undefined ? undefined : parseExitRecord(exit);
      const output = await readOutputEnd(join(at, "output"));
      const isStale = hadEnded || (await readText(join(at, "job.json"))) !== recordOf(job);
      await removeFolder(at);
      if (exitCode === undefined) throw new JobLostError(`job ${job.id} left no exit code`);
      return { exitCode, output, ...(isStale && { stale: true }) } satisfies JobEnd;
    },
  };
}

type Waiting = {
  readonly at: string;
  readonly isLoaded: () => Promise<boolean>;
  readonly watch: NonNullable<SystemdJobsDeps["watch"]>;
};

/** Resolves once there is a record of the end, or nothing is left that could make one. */
async function ended({ at, isLoaded, watch }: Waiting, signal: AbortSignal): Promise<void> {
  const hasRecord = async () => (await readText(join(at, "exit"))) !== undefined;
  let wake = () => {};
  const wakeUp = () => wake();
  const watcher = watchIfAny(at, wakeUp, watch);
  watcher?.on("error", wakeUp);
  signal.addEventListener("abort", wakeUp);
  try {
    for (;;) {
      const told = new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (await hasRecord()) return;
      // Loaded is asked before the record is looked for again: it is written before the unit is unloaded.
      if (!(await isLoaded())) return;
      signal.throwIfAborted();
      const timer = setTimeout(wakeUp, watcher === undefined ? lookUnwatchedMs : lookAgainMs);
      await told;
      clearTimeout(timer);
      signal.throwIfAborted();
    }
  } finally {
    watcher?.close();
    signal.removeEventListener("abort", wakeUp);
  }
}

function watchIfAny(at: string, changed: () => void, watch: Waiting["watch"]): FSWatcher | undefined {
  try {
    return watch(at, changed);
  } catch {
    return undefined; // the work itself needs no watch
  }
}

/** What an agent writes down of a job before it starts it. */
function recordOf(job: Job): string {
  return JSON.stringify({ unit: unitOf(job.id), ...job });
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(ignoreAbsence);
}

/** The record goes last: until then the end could be read again. */
async function removeFolder(at: string): Promise<void> {
  for (const name of ["output", "input", "job.json", exitRecorder, "exit.draft", "exit"])
    await rm(join(at, name), { force: true });
  await rmdir(at);
}
