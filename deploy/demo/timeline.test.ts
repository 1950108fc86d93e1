import { expect, it } from "vitest";
import { formatTimeline, type Step } from "./timeline.ts";

const step = (name: string, seconds: number, ok = true): Step => ({ name, seconds, ok, evidence: {} });

it("gives every step a line, and a bar as long as its share", () => {
  expect(formatTimeline([step("boot", 3), step("join", 9.04)])).toBe(
    " ok      3.0 s  =======                        boot\n" +
      " ok      9.0 s  =======================        join\n" +
      " ok     12.0 s  ============================== all\n",
  );
});

it("names the step that failed, and the whole with it", () => {
  expect(formatTimeline([step("boot", 1), step("join", 1, false)]).match(/^FAIL/gm)).toHaveLength(2);
});

it("has a total even with nothing done", () => {
  expect(formatTimeline([])).toMatch(/^ ok +0\.0 s +all\n$/);
});
