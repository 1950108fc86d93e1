import type { Probe } from "@cowherd/proto";
import { expect, it } from "vitest";
import { settle } from "../reconcile/settle.ts";
import { empty, enrolled, given, proved, ran } from "../state/cluster.fixture.ts";
import type { ClusterState } from "../state/cluster-state.ts";
import { defaultProbeTiming } from "./probe-timing.ts";
import { createProber } from "./prober.ts";

const runs = (state: ClusterState, node: string) => settle(given(state, ran(state, node))).state;
const converged = runs(settle(given(empty(), ...enrolled("primary"))).state, "primary");
const ready = runs(proved(converged), "primary");
const held = { proofs: [{ kind: "peers", failure: undefined, durationMs: 3 }], strange: undefined } as const;

/** A prober whose clocks stand still, and all that it asked. */
function start(connected = true) {
  const asked: { node: string; id: string; probe: Probe }[] = [];
  const clock = { wall: 1_000, monotonic: 0 };
  const prober = createProber({
    sessions: {
      probe(node, id, probe) {
        if (connected) asked.push({ node, id, probe });
        return connected;
      },
    },
    newId: () => `p${asked.length + 1}`,
    now: () => clock.wall,
    monotonic: () => clock.monotonic,
    timing: { probes: defaultProbeTiming, pauseMs: 3_000 },
  });
  /** Lets time pass in looks of a second. */
  function pass(ms: number, state = converged) {
    const events = [];
    for (let passed = 0; passed < ms; passed += 1_000) {
      clock.monotonic += 1_000;
      events.push(...prober.giveUp(state));
    }
    return events;
  }
  return { prober, asked, clock, pass };
}

it("asks once, and takes the answer for what it was asked about", () => {
  const { prober, asked } = start();
  prober.ask(converged);
  prober.ask(converged);
  expect(asked).toMatchObject([{ node: "primary", id: "p1", probe: { kind: "peers" } }]);
  const event = prober.answer("primary", "p1", held);
  expect(event).toMatchObject({
    type: "proofs-reported",
    node: "primary",
    answered: true,
    at: 1_000,
    proofs: held.proofs,
  });
  expect(event && given(converged, event).nodes.get("primary")?.proofs).toMatchObject([{ kind: "peers", tries: 0 }]);
});

it("drops an answer that nobody waits for, that comes twice, or that another node gives", () => {
  const { prober } = start();
  expect(prober.answer("primary", "p1", held)).toBeUndefined();
  prober.ask(converged);
  expect(prober.answer("secondary1", "p1", held)).toBeUndefined();
  expect(prober.answer("primary", "p1", held)).toBeDefined();
  expect(prober.answer("primary", "p1", held)).toBeUndefined();
});

it("holds nothing against a node that it could not ask", () => {
  const { prober, pass } = start(false);
  prober.ask(converged);
  expect(pass(60_000)).toEqual([]);
});

it("K7: takes the silence of an agent that lives for a failure, once its time is up", () => {
  const { prober, pass } = start();
  prober.ask(converged);
  expect(pass(29_000)).toEqual([]);
  expect(pass(1_000)).toMatchObject([
    {
      node: "primary",
      answered: false,
      proofs: [{ kind: "peers", failure: "the cowherd-agent on primary did not answer within 30 s" }],
    },
  ]);
  expect(prober.answer("primary", "p1", held)).toBeUndefined();
});

it("gives a launch the time that it needs", () => {
  const { prober, asked, clock, pass } = start();
  clock.wall = defaultProbeTiming.renewMs;
  prober.ask(ready);
  expect(asked.map(({ probe }) => probe.kind)).toEqual(["peers", "launch"]);
  const launch = { proofs: [{ kind: "name" }] };
  expect(pass(329_000, ready)).not.toMatchObject([{}, launch]);
  expect(pass(1_000, ready)).toMatchObject([launch]);
});

it("takes the silence of a node without a lease for nothing", () => {
  const { prober, pass } = start();
  prober.ask(converged);
  expect(pass(40_000, given(converged, { type: "lease-lost", node: "primary" }))).toEqual([]);
  prober.ask(converged);
  expect(pass(40_000, empty())).toEqual([]);
});

it("holds a pause of its own against nobody", () => {
  const { prober, clock, pass } = start();
  prober.ask(converged);
  clock.monotonic += 3_600_000;
  expect(prober.giveUp(converged)).toEqual([]);
  expect(pass(29_000)).toEqual([]);
  expect(pass(1_000)).toHaveLength(1);
});

it("asks anew over a newer session, which knows nothing of what was asked before", () => {
  const { prober, asked } = start();
  prober.ask(converged);
  prober.forget("secondary1");
  prober.ask(converged);
  expect(asked).toHaveLength(1);
  prober.forget("primary");
  prober.ask(converged);
  expect(asked).toHaveLength(2);
  expect(prober.answer("primary", "p1", held)).toBeUndefined();
});
