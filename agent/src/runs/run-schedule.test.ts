import type { Outcome } from "@cowherd/proto";
import { describe, expect, it } from "vitest";
import { fullPassMs, scheduleAfterDrift, scheduleAfterRun, scheduleAtOnce } from "./run-schedule.ts";

const inSync: Outcome = { resource: "hosts", end: "in-sync" };
const changed: Outcome = { resource: "hosts", end: "changed", changes: ["write /etc/hosts"] };
const failed: Outcome = { resource: "hosts", end: "failed", reason: "disk full" };
const skipped: Outcome = { resource: "key", end: "skipped", because: "hosts" };

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
    for (let run = 0; run < 8; run += 1) {
      schedule = scheduleAfterRun(schedule, [failed, skipped], 0, 0);
      waits.push(schedule.dueAt);
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
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
    const waits: number[] = [];
    let schedule = scheduleAtOnce(0);
    for (let run = 0; run < 9; run += 1) {
      schedule = scheduleAfterDrift(scheduleAfterRun(schedule, [changed], 0, 0.5), 0);
      waits.push(schedule.dueAt);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it("does not let drift shorten the wait after a failure", () => {
    const schedule = scheduleAfterRun(scheduleAtOnce(0), [failed], 0, 0);
    expect(scheduleAfterDrift(schedule, 0)).toEqual(schedule);
  });
});
