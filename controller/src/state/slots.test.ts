import { expect, it } from "vitest";
import { clusterSpec, machine } from "./cluster.fixture.ts";
import { slotsOf } from "./slots.ts";

const node = (schedulable: number, quota?: number) => ({
  name: "primary",
  facts: machine("primary", { processors: { online: 64, schedulable, quota, cores: 32 } }),
});
const spec = clusterSpec();

it.each([
  ["what may be scheduled, not what is online", 4, undefined, 4],
  ["whole processors of a quota", 4, 2.9, 2],
  ["one at least", 4, 0.5, 1],
  ["what may be scheduled below a wider quota", 2, 8, 2],
  ["the most that the spec allows", 4096, undefined, 1024],
])("counts %s", (_, schedulable, quota, slots) => {
  expect(slotsOf(spec, node(schedulable, quota))).toBe(slots);
});

it("takes the operator's number before the node's", () => {
  const primary = { name: "primary", address: "192.168.56.10", role: "primary", slots: 7, mac: undefined } as const;
  expect(slotsOf({ ...spec, nodes: new Map([["primary", primary]]) }, node(2))).toBe(7);
});
