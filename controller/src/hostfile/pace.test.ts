import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DueProbe, dueProbes } from "../proofs/due-probes.ts";
import { defaultProbeTiming } from "../proofs/probe-timing.ts";
import { nextDue } from "../reconcile/next-due.ts";
import { settle } from "../reconcile/settle.ts";
import { answered, clusterSpec, enrolled, later, machine, ran, suddenly } from "../state/cluster.fixture.ts";
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

describe("a hostfile, while nodes wait for their turn to be proved", () => {
  const happens = (state: ClusterState, ...events: readonly ClusterEvent[]) => settle(suddenly(state, ...events)).state;
  const runs = (state: ClusterState) => happens(state, ...names.map((node) => ran(state, node)));
  const due = (state: ClusterState) => dueProbes(state, 0, [], defaultProbeTiming);
  const isOwn = ({ node, probe }: DueProbe) => node === "primary" || probe.kind !== "launch";
  const prepare = (state: ClusterState) =>
    runs(
      happens(
        runs(state),
        ...due(runs(state))
          .filter(isOwn)
          .map((probe) => answered(probe)),
      ),
    );

  /** The primary is listed, long since; the others lack nothing but the proof of a launch, which is made of two at a time. */
  const waiting = later([1, 2, 3, 4, 5].reduce(prepare, joined), 60_000);

  const proveNext = (state: ClusterState, failure?: string) => {
    const [next] = due(state).filter((probe) => !isOwn(probe));
    if (next === undefined) throw new TypeError("nothing is to be proved");
    return runs(happens(state, answered(next, failure === undefined ? undefined : { kind: "login", failure })));
  };
  const wait = (state: ClusterState, ms: number) => runs(happens(later(state, ms)));
  const lines = (state: ClusterState) => state.hostfile?.entries.length;

  it("has the first at once, and waits for others no longer than it says", () => {
    const first = proveNext(waiting);
    expect([lines(waiting), lines(first)]).toEqual([1, 2]);
    const second = proveNext(wait(first, 2_000));
    expect([lines(second), lines(wait(second, 22_900)), lines(wait(second, 23_000))]).toEqual([2, 2, 3]);
  });

  it("is written five times at most for a hundred, whose proofs take a minute and a half, and a second after the last has all", () => {
    let state = waiting;
    for (let left = 100; left > 0; left -= 1) state = proveNext(left === 100 ? state : wait(state, 900));
    const last = wait(state, 1_000);
    expect(lines(last)).toBe(101);
    expect(generationOf(last) - generationOf(waiting)).toBeLessThanOrEqual(5);
  });

  it("waits for nobody who was found not to work", () => {
    const three = ["primary", "secondary1", "secondary2", "secondary3"];
    let state = prepare(happens(waiting, { type: "spec-applied", spec: clusterSpec(three) }));
    state = wait(proveNext(state, "permission denied"), 2_000);
    state = wait(proveNext(state), 2_000);
    expect(lines(state)).toBe(2);
    expect(lines(proveNext(state))).toBe(3);
  });
});
