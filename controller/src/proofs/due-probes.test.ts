import { expect, it } from "vitest";
import { settle } from "../reconcile/settle.ts";
import {
  answered,
  clusterSpec,
  empty,
  enrolled,
  given,
  machine,
  names,
  nodeOf,
  proved,
  ran,
} from "../state/cluster.fixture.ts";
import type { ClusterEvent, ClusterState } from "../state/cluster-state.ts";
import { type DueProbe, dueProbes } from "./due-probes.ts";
import { defaultProbeTiming } from "./probe-timing.ts";

const { renewMs } = defaultProbeTiming;
const settled = (state: ClusterState, ...events: readonly ClusterEvent[]) => settle(given(state, ...events)).state;
const runs = (state: ClusterState, ...nodes: readonly string[]) =>
  nodes.reduce((now, node) => settled(now, ran(now, node)), state);
const due = (state: ClusterState, now = 0, pending: readonly DueProbe[] = []) =>
  dueProbes(state, now, pending, defaultProbeTiming);
const named = (probes: readonly DueProbe[]) => probes.map(({ node, probe }) => `${probe.kind} ${node}`);
const holds = (state: ClusterState, at = 0) =>
  settled(state, ...due(state, at).map((probe) => answered(probe, undefined, at)));
/** Answers what is due, with one failure. */
const fails = (state: ClusterState, kind: Parameters<typeof answered>[1] & object, at = 0) =>
  settled(
    state,
    ...due(state, at).map((probe) => answered(probe, probe.kinds.includes(kind.kind) ? kind : undefined, at)),
  );

const login = { kind: "login", failure: "permission denied" } as const;
const remnants = { kind: "remnants", failure: "orted 4711" } as const;

const joined = settled(empty(), ...enrolled("primary"));
const converged = runs(joined, "primary");
const one = runs(proved(converged), "primary");
const newcomer = runs(settled(one, ...enrolled("secondary1")), "secondary1", "primary");
const two = runs(proved(newcomer), "primary");

/** A newcomer of which everything but the launch is proved. */
const launchable = holds(holds(newcomer));

it("asks a node on its way for one kind after another, and the primary for what is started from it", () => {
  expect(due(joined)).toEqual([]);
  const first = due(converged);
  expect(named(first)).toEqual(["peers primary"]);
  const second = holds(converged);
  expect(named(due(second))).toEqual(["remnants primary"]);
  expect(due(holds(second))).toMatchObject([
    {
      node: "primary",
      asked: "primary",
      kinds: ["name", "login", "identity", "shared-folder", "mpirun", "message"],
      probe: {
        kind: "launch",
        node: "primary",
        address: "192.168.56.10",
        user: "mpihpc",
        uid: 7777,
        gid: 7777,
        sharedPath: "/home/mpihpc/shared",
        primary: "primary",
        boundMs: 60_000,
      },
    },
  ]);
  expect(due(launchable)).toMatchObject([{ node: "secondary1", asked: "primary", probe: { kind: "launch" } }]);
});

it("asks each node about every node of the spec", () => {
  const [probe] = due(converged);
  expect(probe?.probe).toMatchObject({ kind: "peers", peers: names.map((name) => ({ name })) });
});

it("has nothing to ask while every proof is fresh", () => {
  expect(due(two, renewMs - 1)).toEqual([]);
});

it("asks for what a shared folder cannot prove nowhere", () => {
  const spec = clusterSpec(undefined, "shared: off");
  const unshared = runs(settled(joined, { type: "spec-applied", spec }), "primary");
  const [launch] = due(holds(holds(unshared)));
  expect(launch).toMatchObject({ probe: { sharedPath: undefined } });
  expect(launch?.kinds).not.toContain("shared-folder");
});

it("renews the proofs of ready nodes when they have grown old, but looks for no remnants among running jobs", () => {
  expect(named(due(two, renewMs))).toEqual([
    "peers primary",
    "peers secondary1",
    "launch primary",
    "launch secondary1",
  ]);
  expect(due(holds(two, renewMs), renewMs)).toEqual([]);
});

it("takes a proof from the future for an old one, since the clock went back", () => {
  const later = runs(proved(newcomer, 1_000_000), "primary");
  expect(named(due(later, 5))).toContain("launch secondary1");
});

it("asks nothing that is asked already, unless what the answer would rest on has changed", () => {
  const asked = due(launchable);
  expect(due(launchable, 0, asked)).toEqual([]);
  const back = settled(
    launchable,
    { type: "lease-lost", node: "secondary1" },
    { type: "lease-gained", node: "secondary1" },
  );
  expect(named(due(back, 0, asked))).toEqual(["peers secondary1"]);
});

it("gives the primary no more than two launches at a time, the longest due first", () => {
  const newcomers = ["secondary1", "secondary2", "secondary10"];
  const joining = settled(one, ...newcomers.flatMap((name) => enrolled(name)));
  const all = holds(holds(runs(joining, ...newcomers, "primary")));
  const first = due(all).filter(({ probe }) => probe.kind === "launch");
  expect(named(first)).toEqual(["launch secondary1", "launch secondary2"]);
  const [running] = first;
  expect(named(due(all, 0, running ? [running] : []))).toEqual(["launch secondary2"]);
  expect(due(all, 0, first)).toEqual([]);
  const failed = fails(all, login);
  expect(named(due(failed, 5_000))).toEqual(["launch secondary10", "launch secondary1"]);
});

it.each([
  ["has no lease", { type: "lease-lost", node: "secondary1" }],
  [
    "has an objection against it",
    { type: "facts-reported", node: "secondary1", facts: machine("secondary1", { interfaces: [] }) },
  ],
  ["is not as it should be", { type: "spec-applied", spec: clusterSpec(names, "packages: [mpich]") }],
] as const)("asks nothing of a node that %s", (_, event) => {
  expect(named(due(settled(newcomer, event)))).not.toContain("peers secondary1");
  expect(named(due(settled(two, event), renewMs))).not.toContain("peers secondary1");
});

it("proves nobody from a primary that is not in the hostfile itself", () => {
  const away = settled(two, { type: "lease-lost", node: "primary" });
  expect(named(due(away, renewMs))).toEqual(["peers secondary1"]);
  const wanting = settled(launchable, { type: "node-withdrawn", node: "primary" });
  expect(named(due(wanting))).toEqual(["peers primary"]);
});

it("asks again after a failure with a pause that grows, and at once when the node tells something new", () => {
  let state = launchable;
  let now = 0;
  for (const pause of [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
    state = fails(state, login, now);
    expect(due(state, now + pause - 1)).toEqual([]);
    now += pause;
    expect(named(due(state, now))).toEqual(["launch secondary1"]);
  }
  const told = settled(state, {
    type: "facts-reported",
    node: "secondary1",
    facts: machine("secondary1", { memoryBytes: 2048 }),
  });
  expect(named(due(fails(told, login, now), now))).toEqual([]);
  const again = fails(state, login, now);
  const failedRun = settled(again, ran(again, "secondary1", { packages: "gone" }));
  expect(named(due(settled(failedRun, ran(failedRun, "secondary1")), now))).toEqual(["launch secondary1"]);
});

it("asks at once, and before all others, for a renewal that failed a first time", () => {
  const doubted = fails(two, login, renewMs);
  expect(nodeOf(doubted, "secondary1").admitted).toBe(true);
  expect(named(due(doubted, renewMs))).toEqual(["launch primary", "launch secondary1"]);
});

it("names remnants during their grace, and has them ended after it", () => {
  const found = fails(holds(newcomer), remnants, 1_000);
  expect(due(found, 6_000)).toMatchObject([{ probe: { kind: "remnants", user: "mpihpc", end: false } }]);
  const seen = fails(fails(fails(found, remnants, 6_000), remnants, 16_000), remnants, 36_000);
  expect(due(seen, 60_999)).toEqual([]);
  expect(due(seen, 61_000)).toMatchObject([{ probe: { kind: "remnants", end: true } }]);
  const alive = fails(seen, remnants, 61_000);
  expect(due(alive, 100_999)).toEqual([]);
  expect(due(alive, 121_000)).toMatchObject([{ probe: { end: true } }]);
});

it("leaves remnants to the operator where the spec says so", () => {
  const spec = clusterSpec(undefined, "remnants: { end: false }");
  const found = fails(settled(holds(newcomer), { type: "spec-applied", spec }), remnants);
  const [probe] = due(found, 3_600_000);
  expect(probe).toMatchObject({ node: "secondary1", probe: { kind: "remnants", end: false } });
});

it("asks a ready node whom it can resolve once it learnt of a newcomer, and nothing else", () => {
  const three = settled(two, ...enrolled("secondary2"));
  expect(due(three, 1)).toEqual([]);
  expect(named(due(runs(three, "primary", "secondary1"), 1))).toEqual(["peers primary", "peers secondary1"]);
});
