import { renderHostfile } from "@cowherd/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { empty, enrolled, given, machine, names } from "../state/cluster.fixture.ts";
import { hostfileEntries } from "./hostfile-entries.ts";

const admitted = (order: readonly string[]) =>
  given(empty(), ...order.flatMap((node) => [...enrolled(node), { type: "node-admitted", node } as const]));

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

  it("does not depend on the order in which nodes joined", () => {
    const orders = fc.shuffledSubarray([...names], { minLength: names.length });
    fc.assert(
      fc.property(orders, (order) => {
        expect(hostfileEntries(admitted(order))).toEqual(hostfileEntries(admitted(names)));
      }),
    );
  });
});
