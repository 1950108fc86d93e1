import type { Outcome } from "@cowherd/proto";
import { backoffMs } from "../backoff.ts";

/** When the next run is due, and what that depends on. Times are the clock's milliseconds. */
export type RunSchedule = {
  readonly dueAt: number;
  /** Runs in a row that failed. */
  readonly failures: number;
  /** Runs in a row that had something to change. Growing means that somebody else changes it back. */
  readonly repairs: number;
};

/** What is not watched is found by a full pass, every five minutes. */
export const fullPassMs = 5 * 60_000;

const retry = { firstMs: 2_000, mostMs: 60_000 };
const drift = { firstMs: 500, mostMs: 60_000 };

/** A desired state is new: its run is due at once. */
export function scheduleAtOnce(now: number): RunSchedule {
  return { dueAt: now, failures: 0, repairs: 0 };
}

/** A run ended: it is retried soon after a failure, and repeated as a full pass otherwise. */
export function scheduleAfterRun(
  schedule: RunSchedule,
  outcomes: readonly Outcome[],
  now: number,
  random: number,
): RunSchedule {
  const failures = outcomes.some(({ end }) => end === "failed") ? schedule.failures + 1 : 0;
  const repairs = outcomes.some(({ end }) => end === "changed") ? schedule.repairs + 1 : 0;
  const wait = failures > 0 ? backoffMs(failures, retry, random) : fullPassMs * (0.9 + 0.2 * random);
  return { dueAt: now + wait, failures, repairs };
}

/**
 * Something that is watched changed: a run is due as soon as the change has settled.
 *
 * An agent's own writes look the same, and lead to one further run that finds nothing to
 * do. What must be repaired again and again is repaired ever later, and a run that failed
 * keeps its own backoff: neither can become a loop.
 */
export function scheduleAfterDrift(schedule: RunSchedule, now: number): RunSchedule {
  if (schedule.failures > 0) return schedule;
  const settleMs = backoffMs(schedule.repairs + 1, drift, 0);
  return { ...schedule, dueAt: Math.min(schedule.dueAt, now + settleMs) };
}
