import { describe, expect, it } from "vitest";
import { failureReason } from "./failure-reason.ts";
import { attemptOf, parsePythonFailure, refuseRepetition, renderPythonFailure } from "./python-failure.ts";

describe("a failure that is kept", () => {
  const failure = { attempt: "a1", reason: "no compiler", failedAtMs: 5 };

  it("is read as it was written", () => {
    expect(parsePythonFailure(renderPythonFailure(failure))).toEqual(failure);
  });

  it.each([
    "",
    "null",
    "[]",
    '{"attempt":"a","reason":"b"}',
    '{"attempt":"a","reason":"b","failedAtMs":"5"}',
    '{"attempt":"a","reason":"b","failedAtMs":1e300}',
    '{"attempt":1,"reason":"b","failedAtMs":5}',
    '{"attempt":"a","reason":{},"failedAtMs":5}',
  ])("is none where it reads %s", (text) => {
    expect(parsePythonFailure(text)).toBeUndefined();
  });

  it("says how to try at once also behind a long reason, where an outcome has room for so much", () => {
    const path = "/home/mpihpc/.pyenv/.cowherd-failed-3.11.8.json";
    const told = () => refuseRepetition({ ...failure, reason: "x".repeat(330) }, { attempt: "a1", path, nowMs: 10 });
    expect(told).toThrow(/x…; tried again at 1970-01-01 01:00 UTC/);
    try {
      told();
    } catch (error) {
      expect(failureReason(error).endsWith(`rm ${path}`)).toBe(true);
    }
  });

  it("says nothing of another attempt, of one an hour ago, or of one to come", () => {
    const now = { attempt: "a1", path: "/f", nowMs: 5 };
    expect(() => refuseRepetition(failure, now)).toThrow("no compiler");
    expect(() => refuseRepetition(failure, { ...now, attempt: "a2" })).not.toThrow();
    expect(() => refuseRepetition(failure, { ...now, nowMs: 5 + 3_600_000 })).not.toThrow();
    expect(() => refuseRepetition(failure, { ...now, nowMs: 4 })).not.toThrow();
    expect(() => refuseRepetition({ ...failure, failedAtMs: 9e15 }, now)).not.toThrow();
  });

  it("is of the same attempt only for the same work in the same surroundings", () => {
    expect(attemptOf(["3.11.8"], "s")).toBe(attemptOf(["3.11.8"], "s"));
    expect(attemptOf(["3.11.8"], "s")).not.toBe(attemptOf(["3.11.9"], "s"));
    expect(attemptOf(["3.11.8"], "s")).not.toBe(attemptOf(["3.11.8"], "t"));
  });
});
