import { describe, expect, it } from "vitest";
import { type Attempt, confirmedAttempt, reasonToWait } from "./attempt.ts";

const minute = 60_000;
const hour = 60 * minute;
const intent = { change: "c1", problem: "ens3 holds 192.168.56.50/24 beside 192.168.56.11/24" };

/** Looks every half minute for `forMs`, and applies whenever nothing speaks against it. Returns the times of that. */
function appliedAt(forMs: number, problemAt: (nowMs: number) => string = () => intent.problem): readonly number[] {
  const times: number[] = [];
  let last: Attempt | undefined;
  for (let nowMs = 0; nowMs < forMs; nowMs += minute / 2) {
    const now = { ...intent, problem: problemAt(nowMs) };
    if (reasonToWait(last, now, nowMs) !== undefined) continue;
    last = confirmedAttempt(last, now, nowMs);
    times.push(nowMs);
  }
  return times;
}

describe("a change of the network that was confirmed and does not help", () => {
  it("E12: is tried after five minutes, an hour, and every six hours from there", () => {
    const second = 5 * minute;
    const third = second + hour;
    expect(appliedAt(24 * hour)).toEqual([0, second, third, third + 6 * hour, third + 12 * hour, third + 18 * hour]);
  });

  it("says how often it was applied, and when it is tried again", () => {
    const once = confirmedAttempt(undefined, intent, 0);
    const more = confirmedAttempt(confirmedAttempt(once, intent, 0), intent, 0);
    const orOnce = "or once the spec or a file of netplan's changes";
    expect(reasonToWait(once, intent, minute)).toBe(
      `it was applied a moment ago and did not help; tried again in 4 min, ${orOnce}`,
    );
    expect(reasonToWait(more, intent, hour)).toBe(
      `it was applied 3 times and did not help; tried again in 5 h, ${orOnce}`,
    );
  });

  it("waits five minutes alone for another problem, and not at all for another change", () => {
    const more = confirmedAttempt(confirmedAttempt(undefined, intent, 0), intent, 0);
    expect(reasonToWait(more, { ...intent, problem: "ens3 is down" }, 5 * minute)).toBeUndefined();
    expect(reasonToWait(more, { ...intent, problem: "ens3 is down" }, 4 * minute)).toContain("in 1 min");
    expect(reasonToWait(more, { ...intent, change: "c2" }, 0)).toBeUndefined();
    expect(confirmedAttempt(more, { ...intent, problem: "ens3 is down" }, 0).times).toBe(1);
  });

  it("counts anew what was away for more than a day", () => {
    const twice = confirmedAttempt(confirmedAttempt(undefined, intent, 0), intent, 0);
    expect(confirmedAttempt(twice, intent, 24 * hour).times).toBe(3);
    expect(confirmedAttempt(twice, intent, 25 * hour).times).toBe(1);
  });

  it("does not wait by a calendar that was set back", () => {
    const last = confirmedAttempt(undefined, intent, 10 * hour);
    expect(reasonToWait(last, intent, hour)).toBeUndefined();
  });
});
