import fc from "fast-check";
import { expect, it } from "vitest";
import { ulidOf } from "./ulid.ts";

const times = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const counts = fc.bigInt({ min: 0n, max: 2n ** 40n - 1n });
const randoms = fc.uint8Array({ minLength: 5, maxLength: 5 });

it("writes the time and then the rest in 26 characters of Crockford's base 32", () => {
  expect(ulidOf(0, 0n, new Uint8Array(5))).toBe("0".repeat(26));
  expect(ulidOf(1_469_918_176_385, 0n, new Uint8Array(5)).slice(0, 10)).toBe("01ARYZ6S41"); // the example of the ULID spec
  expect(ulidOf(2 ** 48 - 1, 2n ** 40n - 1n, Uint8Array.of(255, 255, 255, 255, 255))).toBe(`7${"Z".repeat(25)}`);
});

it("sorts by time, and by count within a millisecond, whatever is random", () => {
  fc.assert(
    fc.property(times, counts, times, counts, randoms, randoms, (t1, c1, t2, c2, r1, r2) => {
      fc.pre(t1 < t2 || (t1 === t2 && c1 < c2));
      expect(ulidOf(t1, c1, r1) < ulidOf(t2, c2, r2)).toBe(true);
    }),
  );
  fc.assert(
    fc.property(times, counts, randoms, randoms, (time, count, r1, r2) => {
      fc.pre(count > 0n);
      expect(ulidOf(time, count - 1n, r1) < ulidOf(time, count, r2)).toBe(true);
    }),
  );
});
