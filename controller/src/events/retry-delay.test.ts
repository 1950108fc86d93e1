import fc from "fast-check";
import { expect, it } from "vitest";
import { retryDelayMs } from "./retry-delay.ts";

it("doubles from a quarter of a second up to half a minute, and never waits for longer", () => {
  const delays = Array.from({ length: 10 }, (_, failures) => retryDelayMs(failures, 0));
  expect(delays).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(retryDelayMs(1_000_000, 0)).toBe(30_000);
});

it("waits for half of that at least, so that it is a pause with any luck", () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, random) => {
      const full = retryDelayMs(failures, 0);
      const delay = retryDelayMs(failures, random);
      expect(delay).toBeGreaterThanOrEqual(full / 2);
      expect(delay).toBeLessThanOrEqual(full);
    }),
  );
});
