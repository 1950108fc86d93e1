import fc from "fast-check";
import { expect, it } from "vitest";
import { backoffMs } from "./backoff.ts";

const limits = { firstMs: 2_000, mostMs: 60_000 };

it("doubles from the first wait to the longest", () => {
  expect([1, 2, 3, 6, 60].map((failures) => backoffMs(failures, limits, 0))).toEqual([
    2_000, 4_000, 8_000, 60_000, 60_000,
  ]);
});

it("is never longer than the longest, nor shorter than half of the first", () => {
  fc.assert(
    fc.property(fc.nat(2_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
      const wait = backoffMs(failures, limits, random);
      expect(wait).toBeLessThanOrEqual(60_000);
      expect(wait).toBeGreaterThanOrEqual(1_000);
    }),
  );
});
