import { renderHostfile } from "@cowherd/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../reconcile/decide.ts";
import { clusterSpec, empty, enrolled, given, machine, names, proved, ran } from "../state/cluster.fixture.ts";
import type { ClusterEvent, ClusterState, HostfilePin } from "../state/cluster-state.ts";
import { decodeState, encodeState } from "../state/persist.ts";
import { hostfileEntries } from "./hostfile-entries.ts";
import { pinOfEdit } from "./pin-of-edit.ts";
import { pinOfGeneration } from "./pin-of-generation.ts";
import { InvalidHostfileError, UnknownGenerationError } from "./pin-problem.ts";

const admitted = (...nodes: readonly string[]) =>
  given(empty(), ...nodes.flatMap((node) => [...enrolled(node), { type: "node-admitted", node } as const]));
const pinTo = (pin: HostfilePin) => ({ type: "hostfile-pinned", pin }) as const;
const generation = (...entries: HostfilePin["entries"]): HostfilePin => ({
  entries,
  origin: { type: "generation", generation: 3n },
});

/** Lets every machine that joined converge, round after round, as agents do. */
function converged(state: ClusterState): ClusterState {
  return names.reduce((now) => names.reduce((next, node) => proved(given(next, ran(next, node))), now), proved(state));
}

describe("a pinned hostfile", () => {
  it("has the pin's nodes in the pin's order, and no other", () => {
    const pin = generation({ node: "secondary1", slots: 1 }, { node: "primary", slots: 2 });
    expect(hostfileEntries(given(admitted(...names), pinTo(pin)))).toEqual(pin.entries);
  });

  it("lists no node that is not fit, and lists it again once it is", () => {
    const pin = generation({ node: "primary", slots: 2 }, { node: "secondary1", slots: 2 });
    const pinned = given(admitted("primary", "secondary1"), pinTo(pin), { type: "node-withdrawn", node: "secondary1" });
    expect(hostfileEntries(pinned)).toEqual([{ node: "primary", slots: 2 }]);
    expect(hostfileEntries(given(pinned, { type: "node-admitted", node: "secondary1" }))).toEqual(pin.entries);
  });

  it("gives a node no more slots of an old generation than it has processors now", () => {
    const pinned = given(admitted("primary"), pinTo(generation({ node: "primary", slots: 8 })));
    expect(hostfileEntries(pinned)).toEqual([{ node: "primary", slots: 2 }]);
  });

  it("gives a node the slots of an edit, as cluster.yaml's, up to maxSlots", () => {
    const pin: HostfilePin = { entries: [{ node: "primary", slots: 8 }], origin: { type: "edit" } };
    const pinned = given(admitted("primary"), pinTo(pin));
    expect(hostfileEntries(pinned)).toEqual([{ node: "primary", slots: 8 }]);
    const narrow = given(pinned, { type: "spec-applied", spec: clusterSpec(names, "maxSlots: 3") });
    expect(hostfileEntries(narrow)).toEqual([{ node: "primary", slots: 3 }]);
  });

  it("keeps its last entries where no node of the pin is fit", () => {
    const state = converged(given(empty(), ...enrolled("primary"), ...enrolled("secondary1")));
    const pinned = proved(given(state, pinTo(generation({ node: "secondary1", slots: 2 }))));
    expect(pinned.hostfile?.entries).toEqual([{ node: "secondary1", slots: 2 }]);
    const silent = proved(given(pinned, { type: "lease-lost", node: "secondary1" }));
    expect(silent.hostfile).toEqual(pinned.hostfile);
  });
});

/** Something that may happen, given the state that it happens to. */
type Happening = (state: ClusterState) => readonly ClusterEvent[];

const name = fc.constantFrom(...names);
const pins: fc.Arbitrary<HostfilePin> = fc.record({
  entries: fc.uniqueArray(fc.record({ node: name, slots: fc.integer({ min: 1, max: 6 }) }), {
    minLength: 1,
    selector: ({ node }) => node,
  }),
  origin: fc.constantFrom({ type: "edit" } as const, { type: "generation", generation: 1n } as const),
});
const happenings: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: name.map((node) => () => enrolled(node)) },
  { weight: 8, arbitrary: name.map((node) => (state: ClusterState) => [ran(state, node)]) },
  { weight: 2, arbitrary: name.map((node) => () => [{ type: "lease-lost" as const, node }]) },
  { weight: 2, arbitrary: name.map((node) => () => [{ type: "lease-gained" as const, node }]) },
  { weight: 1, arbitrary: name.map((node) => () => [{ type: "node-removed" as const, node }]) },
  { weight: 3, arbitrary: pins.map((pin) => () => [pinTo(pin)]) },
  { weight: 1, arbitrary: fc.constant(() => [{ type: "hostfile-unpinned" as const }]) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(clusterSpec(), clusterSpec(["primary", "secondary1"]), clusterSpec(names, "maxSlots: 1"))
      .map((spec) => () => [{ type: "spec-applied" as const, spec }]),
  },
);
const histories = fc.array(happenings, { maxLength: 30 });
const effort = { numRuns: 60 };

function play(history: readonly Happening[]): readonly ClusterState[] {
  let state = empty();
  return history.map((happen) => {
    state = proved(given(state, ...happen(state)));
    return state;
  });
}

describe("whatever is pinned, and whatever happens", () => {
  it("a new hostfile lists fit nodes of the pin alone, in its order, with no more slots than it says", () => {
    fc.assert(
      fc.property(histories, (history) => {
        let published: bigint | undefined;
        for (const { pin, hostfile, nodes } of play(history)) {
          const isNew = hostfile?.generation !== published;
          published = hostfile?.generation;
          if (pin === undefined || hostfile === undefined || !isNew) continue;
          const order = hostfile.entries.map(({ node }) => pin.entries.findIndex((entry) => entry.node === node));
          expect(order).toEqual(order.toSorted((a, b) => a - b));
          expect(order).not.toContain(-1);
          for (const { node, slots } of hostfile.entries) {
            expect(nodes.get(node)).toMatchObject({ admitted: true, reachable: true });
            expect(slots).toBeLessThanOrEqual(pin.entries.find((entry) => entry.node === node)?.slots ?? 0);
          }
        }
      }),
      effort,
    );
  });

  it("there is a fixed point, the stored state is at the same one, and the kept hostfiles end with the one in force", () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const state of play(history)) {
          expect(decide(state)).toEqual([]);
          const read = decodeState(encodeState(state));
          expect(read).toEqual(state);
          expect(decide(read)).toEqual([]);
          expect([...state.generations.keys()].at(-1)).toBe(state.hostfile?.generation);
        }
      }),
      effort,
    );
  });

  it("the same machines come to the same hostfile once it is released", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const troubled = play(history).at(-1) ?? empty();
        const healed = given(
          troubled,
          { type: "spec-applied", spec: clusterSpec(names, "hostfile: { order: natural }") },
          ...names.flatMap((node) => [
            ...enrolled(node),
            { type: "facts-reported", node, facts: machine(node) } as const,
          ]),
        );
        const released = proved(given(converged(healed), { type: "hostfile-unpinned" }));
        expect(released.hostfile?.entries).toEqual(names.map((node) => ({ node, slots: 2 })));
      }),
      effort,
    );
  });
});

describe("the pin of a generation", () => {
  const hostfile = (number: bigint) => ({ generation: number, entries: [{ node: "primary", slots: Number(number) }] });
  const published = given(
    empty(),
    { type: "hostfile-published", hostfile: hostfile(4n) },
    { type: "hostfile-published", hostfile: hostfile(5n) },
  );

  it("has its entries", () => {
    const origin = { type: "generation", generation: 4n };
    expect(pinOfGeneration(published, 4n)).toEqual({ entries: [{ node: "primary", slots: 4 }], origin });
  });

  it("is refused for one that is not kept, with those that are", () => {
    expect(() => pinOfGeneration(published, 3n)).toThrow(
      new UnknownGenerationError("no generation 3 of the hostfile: those of 4 to 5 are kept"),
    );
    expect(() => pinOfGeneration(empty(), 1n)).toThrow(/none was published so far/);
  });
});

describe("the pin of an edit", () => {
  const problemsOf = (text: string) => {
    try {
      return pinOfEdit(empty(), text);
    } catch (error) {
      if (error instanceof InvalidHostfileError) {
        return error.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
      }
      throw error;
    }
  };

  it("is what the text says, comments and blanks left out", () => {
    const text = "# mine\n\nsecondary1 slots = 4 # more\nprimary slots=1";
    const entries = [
      { node: "secondary1", slots: 4 },
      { node: "primary", slots: 1 },
    ];
    expect(pinOfEdit(empty(), text)).toEqual({ entries, origin: { type: "edit" } });
  });

  it.each([
    ["node9 slots=4\n", ['1:1: no node "node9" in the cluster spec: "cowctl apply" adds one']],
    ["primary slots=1\nprimary slots=1\n", ['2:1: "primary" is there twice']],
    ["primary\n", ['1:1: "primary" has no slots: write slots=N']],
    ["primary slots=0\n", ['1:15: "0" is no number of slots from 1 to 1024 (maxSlots)']],
    ["primary slots=1025\n", ['1:15: "1025" is no number of slots from 1 to 1024 (maxSlots)']],
    ["primary slots=two\n", ['1:15: "two" is no number of slots from 1 to 1024 (maxSlots)']],
    ["primary slots\n", ['1:9: "slots" cannot be adopted: slots=N alone can']],
    ["primary max_slots=2\n", ['1:9: "max_slots" cannot be adopted: slots=N alone can']],
    ["primary slots=2 max_slots=2\n", ['1:17: "max_slots" cannot be adopted: slots=N alone can']],
    [
      "primary:2\n",
      [
        '1:1: no node "primary:2" in the cluster spec: "cowctl apply" adds one',
        '1:1: "primary:2" has no slots: write slots=N',
      ],
    ],
    ["# nobody\n", ["1:1: it names no node"]],
    ["\ufeffprimary slots=1\n", ['1:1: no node "\\ufeffprimary" in the cluster spec: "cowctl apply" adds one']],
  ])("is refused with every problem and its place: %j", (text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  it("takes every hostfile of ours as it is", () => {
    const entries = fc.uniqueArray(fc.record({ node: name, slots: fc.integer({ min: 1, max: 1_024 }) }), {
      minLength: 1,
      selector: ({ node }) => node,
    });
    fc.assert(
      fc.property(entries, (any) => {
        expect(pinOfEdit(empty(), renderHostfile({ generation: 9n, entries: any })).entries).toEqual(any);
      }),
    );
  });
});
