import fc from "fast-check";
import { expect, it } from "vitest";
import { compareNames } from "./natural-order.ts";

it("puts node2 before node10, and node07 and node7 always in one order", () => {
  expect(["node10", "node7", "node2", "node07"].sort(compareNames)).toEqual(["node2", "node07", "node7", "node10"]);
});

it("orders any names in one way, whatever order they came in", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-c0-1-]{1,4}$/)), (names) => {
      expect(names.toSorted(compareNames)).toEqual(names.toReversed().sort(compareNames));
    }),
  );
});
