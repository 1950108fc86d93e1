import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterSpec, machine, names } from "./cluster.fixture.ts";
import { overloads, slotsOf } from "./slots.ts";

type Count = { online?: number; schedulable: number; quota?: number; cores?: number };

const processors = ({ online = 64, schedulable, quota, cores = 32 }: Count) => ({ online, schedulable, quota, cores });
const node = (count: Count, name = "primary") => ({ name, facts: machine(name, { processors: processors(count) }) });
const spec = clusterSpec();
const per = (more: string) => clusterSpec(names, `slots: ${more}`);

it.each<[string, Count, number]>([
  ["C2, C4: what may be scheduled, not what is online", { schedulable: 4 }, 4],
  ["C1: threads, not cores", { schedulable: 4, cores: 2 }, 4],
  ["C3: whole processors of a quota", { schedulable: 4, quota: 2.9 }, 2],
  ["C3: one at least, also of a quota below", { schedulable: 4, quota: 0.5 }, 1],
  ["what may be scheduled below a wider quota", { schedulable: 2, quota: 8 }, 2],
  ["C6: the most that the spec allows", { schedulable: 4096 }, 1024],
])("counts %s", (_, count, slots) => {
  expect(slotsOf(spec, node(count))).toBe(slots);
});

describe("slots by cores", () => {
  it.each<[string, Count, number]>([
    ["C1, C5: the cores of all sockets, not their threads", { schedulable: 16, cores: 8 }, 8],
    ["C8: cores of both kinds alike", { schedulable: 6, cores: 4 }, 4],
    ["C2: no more than may be scheduled", { schedulable: 4, cores: 8 }, 4],
    ["C3: no more than a quota leaves", { schedulable: 16, quota: 2.5, cores: 8 }, 2],
    ["C3: one at least", { schedulable: 16, quota: 0.25, cores: 8 }, 1],
  ])("are %s", (_, count, slots) => {
    expect(slotsOf(per("cores"), node(count))).toBe(slots);
  });
});

describe("C7: a reserve", () => {
  const reserved = per("{ reserve: 2 }");

  it("is kept free on the primary, and on no other", () => {
    expect(slotsOf(reserved, node({ schedulable: 8 }))).toBe(6);
    expect(slotsOf(reserved, node({ schedulable: 8 }, "secondary1"))).toBe(8);
  });

  it("leaves one slot at least", () => {
    for (const schedulable of [1, 2, 3]) expect(slotsOf(reserved, node({ schedulable }))).toBe(1);
  });

  it("is taken from the cores where those are counted", () => {
    expect(slotsOf(per("{ per: cores, reserve: 1 }"), node({ schedulable: 16, cores: 8 }))).toBe(7);
  });

  it("is not taken from the operator's own number", () => {
    expect(slotsOf(withNumber(7, "slots: { reserve: 2 }"), node({ schedulable: 2 }))).toBe(7);
  });
});

it("takes the operator's number before the node's", () => {
  expect(slotsOf(withNumber(7), node({ schedulable: 2 }))).toBe(7);
});

it("C6: gives one slot at least and never more than the spec's most, whatever is asked and told", () => {
  const policies = fc.record({
    per: fc.constantFrom("vcores" as const, "cores" as const),
    reserve: fc.integer({ min: 0, max: 65_535 }),
  });
  const some = fc.integer({ min: 1, max: 65_536 });
  const counts = fc.record({
    online: some,
    schedulable: some,
    quota: fc.option(fc.double({ min: 0.01, max: 65_536, noNaN: true }), { nil: undefined }),
    cores: some,
  });
  fc.assert(
    fc.property(policies, some, counts, (slots, maxSlots, told) => {
      const count = slotsOf(
        { ...spec, slots, maxSlots },
        { name: "primary", facts: machine("primary", { processors: told }) },
      );
      expect(Number.isInteger(count)).toBe(true);
      expect(count).toBeGreaterThanOrEqual(1);
      expect(count).toBeLessThanOrEqual(Math.min(maxSlots, told.schedulable));
    }),
  );
});

describe("H35: slots overload a node", () => {
  it.each<[string, Count, number, boolean]>([
    ["that has two threads a core and runs a rank on each", { online: 8, schedulable: 8, cores: 4 }, 8, true],
    ["that has a core for each, not", { online: 8, schedulable: 8, cores: 8 }, 8, false],
    ["whose operator wants more ranks than it has cores", { online: 2, schedulable: 2, cores: 2 }, 3, true],
    ["that may use some of its cores, not", { online: 4, schedulable: 2, cores: 4 }, 2, false],
    ["that may use threads which might be of one core", { online: 4, schedulable: 2, cores: 2 }, 2, true],
    ["that has one slot, never", { online: 4, schedulable: 1, cores: 2 }, 1, false],
    ["that tells less online than it may use, not", { online: 1, schedulable: 2, cores: 2 }, 2, false],
  ])("%s", (_, count, slots, overloaded) => {
    expect(overloads(processors(count), slots)).toBe(overloaded);
  });
});

function withNumber(slots: number, more = "") {
  const parsed = clusterSpec(names, more);
  const primary = { name: "primary", address: "192.168.56.10", role: "primary", slots, mac: undefined } as const;
  return { ...parsed, nodes: new Map([["primary", primary]]) };
}
