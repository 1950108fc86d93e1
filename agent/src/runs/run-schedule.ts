import type { Outcome } from "@cowherd/proto";
import { backoffMs } from "../backoff.ts";

/** When the next run is due, and what that depends on. Times are the clock's milliseconds. */
export type RunSchedule = {
  readonly dueAt: number;
  /** Runs in a row that failed. */
  readonly failures: number;
  /** Drift asks for the next run. */
  readonly drifted: boolean;
  /** Runs that drift asked for since the last quiet time, whether or not they found something to change. */
  readonly repairs: number;
  /** When the last change was seen. */
  readonly driftedAt: number;
};

/** What is not watched is found by a full pass, every five minutes. */
export const fullPassMs = 5 * 60_000;

/** A hostfile that met a full disk must not stay old for long once there is room again. */
const retry = { firstMs: 2_000, mostMs: 60_000 };
const drift = { firstMs: 500, mostMs: 60_000 };

/** A person at work changes a few things, and each repair is seen as a change itself: so many runs come without delay. */
const promptRepairs = 4;

/** Longer than the longest wait, after which a repair's own writes are no sign of peace. */
export const quietMs = 2 * drift.mostMs;

/** A desired state is new: its run is due at once. */
export function scheduleAtOnce(now: number): RunSchedule {
  return { dueAt: now, failures: 0, drifted: false, repairs: 0, driftedAt: Number.NEGATIVE_INFINITY };
}

/** The run that was due begins: nothing is due before it ends, unless something changes meanwhile. */
export function scheduleOfStarted(schedule: RunSchedule): RunSchedule {
  return { ...schedule, dueAt: Number.POSITIVE_INFINITY, drifted: false };
}

/**
 * A run ended: after a failure it is retried, ever later up to a minute, and repeated as a
 * full pass otherwise. Drift that came during the run is seen to before.
 */
export function scheduleAfterRun(
  started: RunSchedule,
  outcomes: readonly Outcome[],
  now: number,
  random: number,
): RunSchedule {
  const failures = outcomes.some(({ end }) => end === "failed") ? started.failures + 1 : 0;
  const wait = failures > 0 ? backoffMs(failures, retry, random) : fullPassMs * (0.9 + 0.2 * random);
  const driftDueAt = started.drifted ? started.dueAt : Number.POSITIVE_INFINITY;
  return { ...started, dueAt: Math.min(driftDueAt, now + wait), failures };
}

/**
 * Something that is watched changed: a run is due as soon as the change has settled.
 *
 * An agent's own writes look the same, and lead to one further run that finds nothing to
 * do. What changes again and again is looked at ever later, whether or not there was
 * something to repair, and also where a failed attempt is what changed it: none can become a
 * loop. What fails does not keep the rest from being repaired.
 */
export function scheduleAfterDrift(schedule: RunSchedule, now: number): RunSchedule {
  if (schedule.drifted) return { ...schedule, driftedAt: now };
  const repairs = now - schedule.driftedAt >= quietMs ? 1 : schedule.repairs + 1;
  const settleMs = backoffMs(repairs - promptRepairs + 1, drift, 0);
  return { ...schedule, dueAt: Math.min(schedule.dueAt, now + settleMs), drifted: true, repairs, driftedAt: now };
}
