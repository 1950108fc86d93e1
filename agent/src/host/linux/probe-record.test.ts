import { describe, expect, it } from "vitest";
import { isFresh, isHung, type ProbeRecord, withLateProbe } from "./probe-record.ts";

/** The record of probes of a mount that were late at these seconds. */
function late(first: number, ...rest: readonly number[]): ProbeRecord {
  const begun = withLateProbe(undefined, "mount", first * 1000);
  return rest.reduce((record, at) => withLateProbe(record, "mount", at * 1000), begun);
}

describe("late probes of a mount", () => {
  it.each([
    ["one, however long ago", late(0), 900, false],
    ["two over a long time", late(0, 300), 300, false],
    ["many in a short time", late(0, 1, 2, 3, 4), 4, false],
    ["three over a server's grace period", late(0, 90, 200), 200, false],
    ["three over longer than that", late(0, 90, 201), 201, true],
  ])("F2: %s", (_what, record, now, hung) => {
    expect(isHung(record, now * 1000)).toBe(hung);
  });

  it("say nothing of another mount", () => {
    expect(withLateProbe(late(0, 100, 300), "fresh", 300_000)).toEqual({
      mount: "fresh",
      lateSince: 300_000,
      late: 1,
    });
  });
});

describe("a good probe of a mount", () => {
  const good = { mount: "mount", goodAt: 1_000 };

  it("stands for four minutes, and for no other mount", () => {
    expect(isFresh(good, "mount", 241_000)).toBe(true);
    expect(isFresh(good, "mount", 241_001)).toBe(false);
    expect(isFresh(good, "fresh", 1_000)).toBe(false);
    expect(isFresh(late(0), "mount", 0)).toBe(false);
    expect(isFresh(undefined, "mount", 0)).toBe(false);
  });

  it("makes the next late one the first", () => {
    expect(isHung(good, 900_000)).toBe(false);
    expect(withLateProbe(good, "mount", 9_000)).toEqual({ mount: "mount", lateSince: 9_000, late: 1 });
  });
});
