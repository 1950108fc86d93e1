import { renderHostfile } from "@cowherd/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clusterSpec, empty, enrolled, given, machine, names } from "../state/cluster.fixture.ts";
import type { ClusterEvent, ClusterState } from "../state/cluster-state.ts";
import { hostfileEntries } from "./hostfile-entries.ts";

const joins = (order: readonly string[]): readonly ClusterEvent[] =>
  order.flatMap((node) => [...enrolled(node), { type: "node-admitted", node } as const]);
const admitted = (order: readonly string[], more = "") =>
  given(empty(), { type: "spec-applied", spec: clusterSpec(names, more) }, ...joins(order));
const listed = (state: ClusterState) => hostfileEntries(state).map(({ node }) => node);
const orders = fc.shuffledSubarray([...names], { minLength: names.length });
const natural = "hostfile: { order: natural }";

describe("the hostfile", () => {
  it("is rendered as mpirun reads it", () => {
    expect(renderHostfile({ generation: 12n, entries: hostfileEntries(admitted(names)) })).toBe(
      `# Managed by Cowherd, generation 12; edits are replaced.
primary slots=2
secondary1 slots=2
secondary2 slots=2
secondary10 slots=2
`,
    );
  });

  it("lists no node that is not admitted", () => {
    const state = given(admitted(["secondary1"]), ...enrolled("primary", machine("primary")));
    expect(hostfileEntries(state)).toEqual([{ node: "secondary1", slots: 2 }]);
  });

  it("H31: has the primary first, and the others in the order in which each was admitted first", () => {
    expect(listed(admitted(["secondary10", "primary", "secondary1"]))).toEqual([
      "primary",
      "secondary10",
      "secondary1",
    ]);
  });

  it("H31: does not depend on the order in which nodes joined, where the names order it", () => {
    fc.assert(
      fc.property(orders, (order) => {
        expect(hostfileEntries(admitted(order, natural))).toEqual(hostfileEntries(admitted(names, natural)));
      }),
    );
  });

  it("H31: does not depend on the order in which nodes report", () => {
    fc.assert(
      fc.property(orders, orders, fc.array(fc.constantFrom(...names)), (order, reports, again) => {
        const told = [...reports, ...again].flatMap((node): readonly ClusterEvent[] => [
          { type: "facts-reported", node, facts: machine(node, { memoryBytes: 2048 }) },
          { type: "lease-lost", node },
          { type: "lease-gained", node },
        ]);
        expect(hostfileEntries(given(admitted(order), ...told))).toEqual(hostfileEntries(admitted(order)));
      }),
    );
  });

  it("gives a node that was away its place back, and moves nobody else", () => {
    const order = ["primary", "secondary10", "secondary1", "secondary2"];
    const away = given(admitted(order), { type: "node-withdrawn", node: "secondary10" });
    expect(listed(away)).toEqual(["primary", "secondary1", "secondary2"]);
    expect(listed(given(away, { type: "node-admitted", node: "secondary10" }))).toEqual(order);
  });

  it("H37: gives the place to another machine of the same name, and puts one that was removed behind all others", () => {
    const order = ["primary", "secondary1", "secondary2"];
    const anew: readonly ClusterEvent[] = [
      { type: "node-enrolled", node: "secondary1", certificate: "new", facts: machine("secondary1") },
      { type: "node-admitted", node: "secondary1" },
    ];
    expect(listed(given(admitted(order), ...anew))).toEqual(order);
    const removed = given(admitted(order), { type: "node-removed", node: "secondary1" }, ...anew);
    expect(listed(removed)).toEqual(["primary", "secondary2", "secondary1"]);
  });

  it("H36: loses the node that is removed, and none whose name begins as its name does", () => {
    const state = given(admitted(names), { type: "node-removed", node: "secondary1" });
    expect(listed(state)).toEqual(["primary", "secondary2", "secondary10"]);
  });

  it("keeps the primary out where the spec says so, and lists it as the first again once it does not", () => {
    const without = admitted(names, "hostfile: { primary: off }");
    expect(listed(without)).toEqual(["secondary1", "secondary2", "secondary10"]);
    expect(listed(given(without, { type: "spec-applied", spec: clusterSpec() }))).toEqual(names);
  });
});
