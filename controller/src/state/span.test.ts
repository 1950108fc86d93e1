import { expect, it } from "vitest";
import { formatSpan } from "./span.ts";

it.each([
  [0, "1 s"],
  [1, "1 s"],
  [40_000, "40 s"],
  [119_001, "120 s"],
  [120_000, "2 min"],
  [600_000, "10 min"],
  [600_001, "11 min"],
  [7_199_999, "120 min"],
  [7_200_000, "2 h"],
])("writes %i ms as %s", (ms, text) => {
  expect(formatSpan(ms)).toBe(text);
});
