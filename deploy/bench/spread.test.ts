import fc from "fast-check";
import { expect, it } from "vitest";
import { ratioOf, spreadOf } from "./spread.ts";

it("finds the middle and both ends whatever the order", () => {
  expect(spreadOf([30, 10, 20])).toEqual({ median: 20, min: 10, max: 30 });
});

it("keeps the median between the ends", () => {
  const values = fc.array(fc.double({ noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, (measured) => {
      const { median, min, max } = spreadOf(measured);
      expect(min <= median && median <= max).toBe(true);
    }),
  );
});

it("refuses to sum up nothing", () => {
  expect(() => spreadOf([])).toThrow(RangeError);
});

it("divides the ends so that no measurement lies outside", () => {
  expect(ratioOf({ median: 60, min: 40, max: 80 }, { median: 3, min: 2, max: 4 })).toEqual({
    median: 20,
    min: 10,
    max: 40,
  });
});
