import fc from "fast-check";
import { expect, it } from "vitest";
import { freshLeases, lookOver, remainingLease, renewLease } from "./lease-table.ts";

const timing = { leaseMs: 7_000, pauseMs: 3_000, fadingMs: 2_500 };

it("names a node once its lease has ended, and not before", () => {
  const table = { ...freshLeases(["a", "b"], 0, timing), lookedAt: 6_500 };
  expect(lookOver(table, 6_999, timing).ended).toEqual([]);
  expect(lookOver(renewLease(table, "b", 6_600, timing), 7_000, timing).ended).toEqual(["a"]);
});

it("names beside those that ended who has been as silent, but for a heartbeat", () => {
  const table = [
    ["well", 6_000],
    ["just before", 4_000],
    ["just after", 4_001],
    ["late", 2_500],
  ].reduce((now, [node, at]) => renewLease(now, String(node), Number(at), timing), {
    ...freshLeases(["a"], 1_500, timing),
    lookedAt: 8_000,
  });
  expect(lookOver(table, 8_499, timing)).toMatchObject({ ended: [], fading: [] });
  expect(lookOver(table, 8_500, timing)).toMatchObject({ ended: ["a"], fading: ["just before", "late"] });
});

it("gives everyone a fresh lease after a pause of its own", () => {
  const looked = lookOver(freshLeases(["a"], 0, timing), 60_000, timing);
  expect(looked.ended).toEqual([]);
  expect(remainingLease(looked.table, "a", 60_000)).toBe(7_000);
});

it("never ends the lease of a node that gave a sign of life within the lease, whatever the looks", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 50 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 0, max: 6_999 }), (looks, silence) => {
      let now = 0;
      let table = freshLeases(["a"], now, timing);
      for (const gap of looks) {
        now += gap;
        table = renewLease(table, "a", now - Math.min(gap, silence), timing);
        const looked = lookOver(table, now, timing);
        expect(looked.ended).toEqual([]);
        table = looked.table;
      }
    }),
  );
});
