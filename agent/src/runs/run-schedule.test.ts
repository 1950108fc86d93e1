import type { Outcome } from "@cowherd/proto";
import { describe, expect, it } from "vitest";
import {
  fullPassMs,
  quietMs,
  type RunSchedule,
  scheduleAfterDrift,
  scheduleAfterRun,
  scheduleAtOnce,
  scheduleOfStarted,
} from "./run-schedule.ts";

const inSync: Outcome = { resource: "hosts", end: "in-sync" };
const changed: Outcome = { resource: "hosts", end: "changed", changes: ["write /etc/hosts"] };
const failed: Outcome = { resource: "hosts", end: "failed", reason: "disk full" };
const growing = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000];
const skipped: Outcome = { resource: "key", end: "skipped", because: "hosts" };

/** Goes through one run that was due, at once and in no time. */
const run = (schedule: RunSchedule, outcomes: readonly Outcome[], now: number) =>
  scheduleAfterRun(scheduleOfStarted(schedule), outcomes, now, 0.5);

/** Returns the waits until each run when something changes right after the one before. */
function waitsWhileDisturbed(outcomes: readonly Outcome[]): readonly number[] {
  const waits: number[] = [];
  let schedule = scheduleAtOnce(0);
  let now = 0;
  for (let round = 0; round < 13; round += 1) {
    schedule = scheduleAfterDrift(run(schedule, outcomes, now), now);
    waits.push(schedule.dueAt - now);
    now = schedule.dueAt;
  }
  return waits;
}

describe("the run schedule", () => {
  it("has a new desired state run at once", () => {
    expect(scheduleAtOnce(7).dueAt).toBe(7);
  });

  it("makes a full pass about five minutes after a run that converged", () => {
    const dueAt = (random: number) => scheduleAfterRun(scheduleAtOnce(0), [inSync], 0, random).dueAt;
    expect(dueAt(0.5)).toBe(fullPassMs);
    expect(dueAt(0)).toBeLessThan(dueAt(0.99));
  });

  it("retries failures from two seconds up to a minute apart", () => {
    const waits: number[] = [];
    let schedule = scheduleAtOnce(0);
    for (let run = 0; run < 10; run += 1) {
      schedule = scheduleAfterRun(schedule, [failed, skipped], 0, 0);
      waits.push(schedule.dueAt);
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000, 60_000]);
    expect(scheduleAfterRun(schedule, [changed], 0, 0.5)).toMatchObject({ failures: 0, dueAt: fullPassMs });
  });

  it("looks again half a second after drift", () => {
    expect(scheduleAfterDrift(scheduleAfterRun(scheduleAtOnce(0), [inSync], 0, 0.5), 1_000).dueAt).toBe(1_500);
  });

  it("does not put a run off for more drift", () => {
    const first = scheduleAfterDrift(scheduleAfterRun(scheduleAtOnce(0), [inSync], 0, 0.5), 1_000);
    expect(scheduleAfterDrift(first, 1_400).dueAt).toBe(1_500);
  });

  it("gives way to somebody who changes the same thing back again and again", () => {
    expect(waitsWhileDisturbed([changed])).toEqual([500, 500, 500, 500, ...growing]);
  });

  it("gives way to changes again and again that leave nothing to do", () => {
    expect(waitsWhileDisturbed([inSync])).toEqual([500, 500, 500, 500, ...growing]);
  });

  it("gives way to changes that never pause", () => {
    let schedule = scheduleAtOnce(0);
    let runs = 0;
    for (let now = 0; now < 3_600_000; now += 300) {
      schedule = scheduleAfterDrift(schedule, now);
      if (schedule.dueAt > now) continue;
      schedule = run(schedule, [inSync], now);
      runs += 1;
    }
    expect(runs).toBeLessThan(75);
  });

  it("is prompt again after a quiet time", () => {
    let schedule = scheduleAtOnce(0);
    for (let round = 0; round < 9; round += 1) schedule = run(scheduleAfterDrift(schedule, 0), [changed], 0);
    expect(scheduleAfterDrift(schedule, quietMs - 1).dueAt).toBe(quietMs - 1 + 32_000);
    expect(scheduleAfterDrift(schedule, quietMs).dueAt).toBe(quietMs + 500);
  });

  it("keeps to drift that came during the run", () => {
    const during = scheduleAfterDrift(scheduleOfStarted(scheduleAtOnce(0)), 1_000);
    expect(scheduleAfterRun(during, [inSync], 1_200, 0.5).dueAt).toBe(1_500);
  });

  it("repairs drift as soon although something else keeps failing", () => {
    let schedule = scheduleAtOnce(0);
    for (let round = 0; round < 9; round += 1) schedule = run(schedule, [failed], 0);
    expect(scheduleAfterDrift(schedule, 1_000).dueAt).toBe(1_500);
    const during = scheduleAfterDrift(scheduleOfStarted(schedule), 1_000);
    expect(scheduleAfterRun(during, [failed], 1_200, 0.5).dueAt).toBe(1_500);
  });

  it("gives way to a failure that makes itself felt as drift", () => {
    const retried = 45_000; // a minute, less a random part, comes before drift's own minute
    expect(waitsWhileDisturbed([failed])).toEqual([500, 500, 500, 500, ...growing.map((ms) => Math.min(ms, retried))]);
  });
});
