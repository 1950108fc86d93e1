import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextDue } from "../reconcile/next-due.ts";
import { clusterSpec, enrolled, later, machine, suddenly } from "../state/cluster.fixture.ts";
import type { ClusterEvent, ClusterState } from "../state/cluster-state.ts";
import { initialState } from "../state/initial-state.ts";
import { ordinaryPace, publicationDue } from "./pace.ts";

const names = ["primary", ...Array.from({ length: 100 }, (_, n) => `secondary${n + 1}`)];
const spec = clusterSpec(names);

/** A cluster in which all have joined, and nobody is fit so far. */
const joined = names.reduce((state, name) => suddenly(state, ...enrolled(name)), initialState(spec, 1n));

/** Publishes what is due, as the loop does once all else is settled. */
function publish(state: ClusterState): ClusterState {
  const due = publicationDue(state, ordinaryPace);
  if (due === undefined || due > state.runTime) return state;
  const entries = [...state.nodes.values()].flatMap(({ name, admitted }) =>
    admitted ? [{ node: name, slots: 2 }] : [],
  );
  const generation = (state.hostfile?.generation ?? 0n) + 1n;
  return suddenly(state, { type: "hostfile-published", hostfile: { generation, entries } });
}

const happen = (state: ClusterState, event: ClusterEvent) => publish(suddenly(state, event));
const admit = (state: ClusterState, node: string) => happen(state, { type: "node-admitted", node });
const withdraw = (state: ClusterState, node: string) => happen(state, { type: "node-withdrawn", node });
const generationOf = (state: ClusterState) => Number(state.hostfile?.generation ?? 0n);

/** Lets time pass as the loop's ticks do. */
function pass(state: ClusterState, ms: number): ClusterState {
  let now = state;
  for (let passed = 0; passed < ms; passed += 100) now = publish(later(now, 100));
  return now;
}

const calm = pass(admit(joined, "primary"), 60_000);

describe("a hostfile", () => {
  it("follows a single change at once", () => {
    expect(generationOf(admit(calm, "secondary1"))).toBe(2);
    expect(generationOf(admit(pass(admit(calm, "secondary1"), 1_000), "secondary2"))).toBe(3);
  });

  it("waits for the end of a burst, and then has all of it", () => {
    const three = admit(pass(admit(pass(admit(calm, "secondary1"), 500), "secondary2"), 500), "secondary3");
    expect(generationOf(three)).toBe(2);
    expect(publicationDue(three, ordinaryPace)).toBe(three.runTime + 1_000);
    expect(nextDue(three, ordinaryPace)).toBe(three.runTime + 1_000);
    expect(pass(three, 1_000).hostfile).toMatchObject({ generation: 3n, entries: { length: 4 } });
  });

  it("lets nobody wait for ever in a burst that does not end", () => {
    let state = calm;
    for (let n = 1; n <= 100; n += 1) state = pass(admit(state, `secondary${n}`), 300);
    expect(generationOf(state)).toBeLessThanOrEqual(5);
    expect(pass(state, 1_000).hostfile?.entries).toHaveLength(101);
  });

  it("loses a line at once, also amid a burst", () => {
    const amid = admit(pass(admit(calm, "secondary1"), 100), "secondary2");
    expect(generationOf(amid)).toBe(2);
    const without = withdraw(amid, "secondary1");
    expect(without.hostfile?.entries.map(({ node }) => node)).toEqual(["primary", "secondary2"]);
  });

  it("follows other slots within a second", () => {
    const processors = { online: 8, schedulable: 8, quota: undefined, cores: 8 };
    const told = { type: "facts-reported", node: "primary", facts: machine("primary", { processors }) } as const;
    expect(publicationDue(suddenly(calm, told), ordinaryPace)).toBeLessThanOrEqual(calm.runTime);
    const again = suddenly(admit(calm, "secondary1"), told);
    expect(publicationDue(again, ordinaryPace)).toBe(again.runTime + 1_000);
  });

  it("is not due where it is what it should be, or would be empty", () => {
    expect(publicationDue(calm, ordinaryPace)).toBeUndefined();
    expect(publicationDue(withdraw(calm, "primary"), ordinaryPace)).toBeUndefined();
  });

  it("is written five times at most for a hundred that join within half a minute, in whatever rhythm, and 1.5 s after the last has all", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 100, maxLength: 100 });
    fc.assert(
      fc.property(gaps, (rhythm) => {
        let state = calm;
        for (const [at, gap] of rhythm.entries()) state = pass(admit(state, `secondary${at + 1}`), gap * 100);
        const last = pass(state, 1_500);
        expect(generationOf(last) - generationOf(calm)).toBeLessThanOrEqual(5);
        expect(last.hostfile?.entries).toHaveLength(101);
      }),
      { numRuns: 20 },
    );
  });
});
