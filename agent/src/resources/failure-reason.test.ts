import { expect, it } from "vitest";
import { failureReason } from "./failure-reason.ts";

it("is one line without what a terminal obeys", () => {
  expect(failureReason(new Error("first\n\tsecond\x07"))).toBe("first second");
});

it("is of bounded length", () => {
  expect(failureReason(new Error("x".repeat(10_000)))).toHaveLength(401);
});

it("is never empty", () => {
  expect(failureReason(new TypeError(""))).toBe("TypeError");
  expect(failureReason("")).toBe("failed without a reason");
});
