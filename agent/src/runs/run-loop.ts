import type { DesiredState, Outcome, ResourceSpec } from "@cowherd/proto";
import { createBell } from "../bell.ts";
import type { Clock } from "../clock.ts";
import type { RunObserver } from "../converge.ts";
import type { Run } from "../link/controller-link.ts";
import type { Log } from "../log.ts";
import { scheduleAfterDrift, scheduleAfterRun, scheduleAtOnce, scheduleOfStarted } from "./run-schedule.ts";

/** What a run loop needs. */
export type RunLoopDeps = {
  /** Brings the host to the resources. Rejects with the signal's reason when aborted. */
  converge(resources: readonly ResourceSpec[], signal: AbortSignal, observer: RunObserver): Promise<readonly Outcome[]>;
  /** Is told what a run does right now, and an empty text at its end. */
  activity(text: string): void;
  /** Is told of each outcome while the run goes on. */
  outcome(outcome: Outcome): void;
  /** Is told of every run that was not superseded. */
  ended(run: Run): void;
  /** Whether the run only waits for a job, which goes on without it and is joined by the next one. */
  canGiveWay(): boolean;
  readonly clock: Clock;
  readonly log: Log;
};

/** A run that is due finds out this often whether the one before can give way to it. */
const askAgainMs = 1_000;

/**
 * Keeps the host true to the newest desired state, one run after another.
 *
 * Invariants: at most one run at a time; no run of a state begins after a newer one was wanted.
 */
export type RunLoop = {
  /** Makes this the desired state. A run of another one is aborted; its jobs go on and the next run joins them. */
  want(state: DesiredState): void;
  /** Says that something watched has changed. */
  drifted(): void;
  /** Runs until aborted. Rejects only with what is a fault of ours. */
  run(signal: AbortSignal): Promise<void>;
};

/** Makes a run loop that wants nothing yet. */
export function createRunLoop({ converge, activity, outcome, ended, canGiveWay, clock, log }: RunLoopDeps): RunLoop {
  const bell = createBell(clock);
  let wanted: DesiredState | undefined;
  let schedule = scheduleAtOnce(clock.now());
  let superseded = new AbortController();

  async function runOnce(state: DesiredState, signal: AbortSignal): Promise<void> {
    const from = clock.now();
    superseded = new AbortController();
    schedule = scheduleOfStarted(schedule);
    const either = AbortSignal.any([signal, superseded.signal]);
    const ran = new AbortController();
    const giving = giveWayToDrift(AbortSignal.any([either, ran.signal]));
    try {
      const outcomes = await converge(state.resources, either, { activity, outcome }).catch((error: unknown) => {
        if (either.aborted) return undefined;
        throw error;
      });
      activity("");
      if (outcomes === undefined || either.aborted) return;
      const { epoch, generation, revision } = state;
      schedule = scheduleAfterRun(schedule, outcomes, clock.now(), clock.random());
      const run = { epoch, generation, revision, durationMs: Math.round(clock.now() - from), outcomes };
      logRun(log, run);
      ended(run);
    } finally {
      ran.abort();
      await giving;
    }
  }

  /** Ends a run that only waits for a job once something else asks for repair, which would wait for the job too. */
  async function giveWayToDrift(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const wait = schedule.dueAt - clock.now();
      if (wait > 0) await bell.wait(wait, over);
      else if (canGiveWay()) superseded.abort();
      else await clock.sleep(askAgainMs, over);
    }
  }

  return {
    want(state) {
      wanted = state;
      schedule = scheduleAtOnce(clock.now());
      superseded.abort();
      bell.ring();
    },

    drifted() {
      schedule = scheduleAfterDrift(schedule, clock.now());
      bell.ring();
    },

    async run(signal) {
      while (!signal.aborted) {
        const wait = schedule.dueAt - clock.now();
        if (wanted === undefined) await bell.wait(Number.POSITIVE_INFINITY, signal);
        else if (wait > 0) await bell.wait(wait, signal);
        else await runOnce(wanted, signal);
      }
    },
  };
}

function logRun(log: Log, run: Run): void {
  const version = { generation: run.generation.toString(), revision: run.revision.slice(0, 12), ms: run.durationMs };
  for (const outcome of run.outcomes) {
    switch (outcome.end) {
      case "changed":
        log.info({ resource: outcome.resource, changes: outcome.changes }, "changed");
        break;
      case "failed":
        log.warn({ resource: outcome.resource, reason: outcome.reason }, "failed");
        break;
      case "in-sync":
      case "skipped":
        break;
    }
  }
  const unmet = run.outcomes.filter(({ end }) => end === "failed" || end === "skipped").length;
  if (unmet > 0) log.warn({ ...version, unmet }, "run ended short of the desired state");
  else if (run.outcomes.some(({ end }) => end === "changed")) log.info(version, "run ended in the desired state");
  else log.debug(version, "nothing to do");
}
