import { expect, it } from "vitest";
import { createRateLimit } from "./rate-limit.ts";

it("lets an address make its burst, then as many as its rate gives back", () => {
  let now = 0;
  const admit = createRateLimit({ burst: 3, perSecond: 1 }, () => now);
  expect([admit("a"), admit("a"), admit("a"), admit("a")]).toEqual([true, true, true, false]);
  expect(admit("b")).toBe(true);
  now += 1_000;
  expect([admit("a"), admit("a")]).toEqual([true, false]);
});
