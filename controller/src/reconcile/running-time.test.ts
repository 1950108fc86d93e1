import { expect, it } from "vitest";
import { createRunningTime } from "./running-time.ts";

it("goes on from where it was, as the clock goes", () => {
  let clock = 5_000;
  const time = createRunningTime(100, () => clock, 3_000);
  expect(time()).toBe(100);
  clock += 500;
  expect([time(), time()]).toEqual([600, 600]);
});

it("K2: does not count the time in which the machine slept", () => {
  let clock = 0;
  const time = createRunningTime(0, () => clock, 3_000);
  clock += 3_600_000;
  expect(time()).toBe(0);
  clock += 3_000;
  expect(time()).toBe(3_000);
});
