import { describe, expect, it } from "vitest";
import { dueProbes } from "../proofs/due-probes.ts";
import { defaultProbeTiming } from "../proofs/probe-timing.ts";
import {
  answered,
  clusterSpec,
  empty,
  enrolled,
  given,
  later,
  machine,
  names,
  nodeOf,
  proved,
  ran,
} from "../state/cluster.fixture.ts";
import type { ClusterEvent, ClusterState, NodeFacts } from "../state/cluster-state.ts";
import { objectionTo } from "../state/fitness.ts";
import { decide } from "./decide.ts";
import { settle } from "./settle.ts";

const then = (state: ClusterState, ...events: readonly ClusterEvent[]) => proved(given(state, ...events));
const runs = (state: ClusterState, ...nodes: readonly string[]) =>
  nodes.reduce((now, node) => then(now, ran(now, node)), state);
const lines = (state: ClusterState) => state.hostfile?.entries.map(({ node }) => node);

const joined = then(empty(), ...enrolled("primary"));
const one = runs(joined, "primary", "primary");
const two = runs(then(one, ...enrolled("secondary1")), "secondary1", "primary", "primary");

describe("a machine that joined", () => {
  it("is told what it should be, and its peers of it", () => {
    const actions = decide(given(one, ...enrolled("secondary1")));
    expect(actions).toMatchObject([
      { type: "set-desired-state", node: "primary", desired: { epoch: 1n, generation: 3n }, roster: 2 },
      { type: "set-desired-state", node: "secondary1", desired: { epoch: 1n, generation: 4n }, roster: 2 },
    ]);
  });

  it("is admitted once it converged and the primary knows it", () => {
    const converged = runs(then(one, ...enrolled("secondary1")), "secondary1");
    expect(lines(converged)).toEqual(["primary"]);
    expect(lines(runs(converged, "primary"))).toEqual(["primary", "secondary1"]);
  });

  it("waits for every admitted peer that is alive, and for no other", () => {
    const three = runs(then(two, ...enrolled("secondary2")), "secondary2", "primary");
    expect(lines(three)).toEqual(["primary", "secondary1"]);
    expect(lines(runs(three, "secondary1"))).toEqual(["primary", "secondary1", "secondary2"]);
    const without = then(three, { type: "lease-lost", node: "secondary1" });
    expect(lines(settle(later(without, 1_000)).state)).toEqual(["primary", "secondary2"]);
  });

  it("is not admitted beside one that it does not know yet", () => {
    const three = runs(then(two, ...enrolled("secondary2")), "primary", "secondary1", "primary");
    const known = given(three, ran(three, "secondary2"), {
      type: "node-enrolled",
      node: "secondary10",
      certificate: "c",
      facts: machine("secondary10"),
    });
    expect(lines(settle(known).state)).toEqual(["primary", "secondary1"]);
  });

  it.each<[string, ClusterEvent]>([
    ["without a lease", { type: "lease-lost", node: "secondary1" }],
    ["whose facts were refused", { type: "facts-refused", node: "secondary1", problem: "p" }],
    [
      "without its address",
      { type: "facts-reported", node: "secondary1", facts: machine("secondary1", { interfaces: [] }) },
    ],
  ])("is not admitted %s", (_, event) => {
    const state = runs(then(one, ...enrolled("secondary1"), event), "secondary1", "primary");
    expect(lines(state)).toEqual(["primary"]);
  });

  it("is not admitted without keys", () => {
    const facts = machine("secondary1", { userKey: undefined });
    expect(lines(runs(then(one, ...enrolled("secondary1", facts)), "secondary1", "primary"))).toEqual(["primary"]);
  });

  it("is not admitted before the primary joined", () => {
    expect(lines(runs(then(empty(), ...enrolled("secondary1")), "secondary1"))).toBeUndefined();
  });

  it("is not admitted after a failed run, until a newer one ends well", () => {
    const state = then(one, ...enrolled("secondary1"));
    const failed = runs(then(state, ran(state, "secondary1", { packages: "locked" })), "primary");
    expect(lines(failed)).toEqual(["primary"]);
    const wanted = then(failed, { type: "spec-applied", spec: clusterSpec(names, "packages: [mpich]") });
    expect(lines(runs(wanted, "primary"))).toEqual(["primary"]);
    expect(lines(runs(wanted, "primary", "secondary1"))).toEqual(["primary", "secondary1"]);
  });
});

describe("an admitted node", () => {
  it("stays while it converges on a newer state", () => {
    const wanted = then(two, { type: "spec-applied", spec: clusterSpec(names, "packages: [mpich]") });
    expect(lines(wanted)).toEqual(["primary", "secondary1"]);
  });

  it.each<[string, ClusterEvent]>([
    ["when its lease ends", { type: "lease-lost", node: "secondary1" }],
    ["when it is removed", { type: "node-removed", node: "secondary1" }],
    ["when its run failed", ran(two, "secondary1", { packages: "gone" })],
    [
      "when its address vanished",
      { type: "facts-reported", node: "secondary1", facts: machine("secondary1", { interfaces: [] }) },
    ],
    ["when it left the spec", { type: "spec-applied", spec: clusterSpec(["primary", "secondary2"]) }],
    [
      "when its keys changed",
      { type: "facts-reported", node: "secondary1", facts: machine("secondary1", { hostKeys: ["ssh-rsa A"] }) },
    ],
    [
      "when another machine took its place",
      { type: "node-enrolled", node: "secondary1", certificate: "new", facts: machine("secondary1") },
    ],
  ])("leaves the hostfile %s", (_, event) => {
    const state = then(two, event);
    expect(lines(state)).toEqual(["primary"]);
    expect(state.hostfile?.generation).toBe((two.hostfile?.generation ?? 0n) + 1n);
  });

  it("leaves the hostfile at a failed run, also when a newer state is wanted in the same breath", () => {
    const events = [ran(two, "secondary1", { packages: "gone" }), ...enrolled("secondary2")];
    expect(lines(then(two, ...events))).toEqual(["primary"]);
  });

  it("stays when a run of an older state failed late", () => {
    const newer = then(two, ...enrolled("secondary2"));
    expect(lines(then(newer, ran(two, "secondary1", { packages: "gone" })))).toEqual(["primary", "secondary1"]);
  });

  it("comes back with its lease", () => {
    const lost = then(two, { type: "lease-lost", node: "secondary1" });
    expect(lines(then(lost, { type: "lease-gained", node: "secondary1" }))).toEqual(["primary", "secondary1"]);
  });

  it("keeps its place when its newest facts were refused", () => {
    expect(lines(then(two, { type: "facts-refused", node: "secondary1", problem: "p" }))).toEqual([
      "primary",
      "secondary1",
    ]);
  });
});

describe("K8: of two MPIs that cannot run one program together", () => {
  const launcher = (version: string, vendor = "Open MPI") => ({ mpirun: { vendor, version } });
  const told = (node: string, over: Partial<NodeFacts>) =>
    ({ type: "facts-reported", node, facts: machine(node, over) }) as const;
  const upgraded = then(two, told("primary", launcher("5.0.7")));

  it.each([
    ["another version", launcher("5.0.7")],
    ["another vendor", launcher("4.1.4", "MPICH")],
    ["another vendor's in a version that it cannot tell", launcher("", "MPICH")],
  ])("a secondary with %s leaves the hostfile, and the primary stays", (_, over) => {
    const state = then(two, told("secondary1", over));
    expect(lines(state)).toEqual(["primary"]);
    expect(lines(then(state, told("secondary1", launcher("4.1.4"))))).toEqual(["primary", "secondary1"]);
  });

  it.each([
    ["none any more, as amid an upgrade or from an older agent", { mpirun: undefined }],
    ["a version that it cannot tell", launcher("")],
  ])("a secondary with %s keeps its place", (_, over) => {
    expect(lines(then(two, told("secondary1", over)))).toEqual(["primary", "secondary1"]);
  });

  it("a primary that cannot tell its version is the measure of the vendor alone", () => {
    const state = then(two, told("primary", launcher("")));
    expect(lines(state)).toEqual(["primary", "secondary1"]);
    expect(lines(then(state, told("secondary1", launcher("5.0.7"))))).toEqual(["primary", "secondary1"]);
    expect(lines(then(state, told("secondary1", launcher("4.1.4", "MPICH"))))).toEqual(["primary"]);
  });

  it("a newcomer that cannot tell its version is let in", () => {
    const facts = machine("secondary1", launcher(""));
    expect(lines(runs(then(one, ...enrolled("secondary1", facts)), "secondary1", "primary"))).toEqual([
      "primary",
      "secondary1",
    ]);
  });

  it("the primary's upgrade takes every other node out, never the primary, until they follow", () => {
    expect(lines(upgraded)).toEqual(["primary"]);
    expect(nodeOf(upgraded, "primary").admitted).toBe(true);
    expect(lines(then(upgraded, told("secondary1", launcher("5.0.7"))))).toEqual(["primary", "secondary1"]);
  });

  it("the primary's return to the older one lets them in again", () => {
    expect(lines(then(upgraded, told("primary", launcher("4.1.4"))))).toEqual(["primary", "secondary1"]);
  });

  it("the hostfile is not emptied where the primary is away as well", () => {
    const away = then(two, { type: "lease-lost", node: "primary" }, told("primary", launcher("5.0.7")));
    expect(away.hostfile?.entries.length).toBeGreaterThan(0);
  });

  it("a primary without any is the measure of nobody", () => {
    expect(lines(then(two, told("primary", { mpirun: undefined })))).toEqual(["primary", "secondary1"]);
  });

  it("a newcomer that told of none so far is waited for, and let in once it tells", () => {
    const facts = machine("secondary1", { mpirun: undefined });
    const silent = runs(then(one, ...enrolled("secondary1", facts)), "secondary1", "primary");
    expect(lines(silent)).toEqual(["primary"]);
    expect(objectionTo(silent, nodeOf(silent, "secondary1"))).toBeUndefined();
    expect(lines(then(silent, told("secondary1", {})))).toEqual(["primary", "secondary1"]);
  });

  it("a newcomer with another one is let in once its packages have replaced it", () => {
    const other = machine("secondary1", launcher("4.0.2", "MPICH"));
    const state = runs(then(one, ...enrolled("secondary1", other)), "secondary1", "primary");
    expect(lines(state)).toEqual(["primary"]);
    expect(lines(then(state, told("secondary1", {})))).toEqual(["primary", "secondary1"]);
  });
});

describe("a primary that cannot write the hostfile", () => {
  const failing = then(one, ran(one, "primary", { hostfile: "is a folder" }));

  it("keeps its place", () => {
    expect(lines(failing)).toEqual(["primary"]);
    expect(nodeOf(failing, "primary").admitted).toBe(true);
  });

  it("lets others in, since it learnt their keys all the same", () => {
    const state = runs(then(failing, ...enrolled("secondary1")), "secondary1");
    expect(lines(then(state, ran(state, "primary", { hostfile: "is a folder" })))).toEqual(["primary", "secondary1"]);
  });

  it("comes back after an absence", () => {
    const lost = then(failing, { type: "lease-lost", node: "primary" });
    expect(nodeOf(then(lost, { type: "lease-gained", node: "primary" }), "primary").admitted).toBe(true);
  });
});

describe("the hostfile", () => {
  it("stays as it was when the last node leaves", () => {
    const nobody = then(two, { type: "lease-lost", node: "primary" }, { type: "lease-lost", node: "secondary1" });
    expect(nobody.hostfile).toEqual(two.hostfile);
  });

  const grown: ClusterEvent = {
    type: "facts-reported",
    node: "secondary1",
    facts: machine("secondary1", { processors: { online: 8, schedulable: 8, quota: undefined, cores: 8 } }),
  };

  it("C9: is published anew when slots change, and touches nothing else: no node is withdrawn, and the node itself is told nothing", () => {
    const { state, desired } = settle(given(two, grown));
    expect(state.hostfile).toEqual({
      generation: (two.hostfile?.generation ?? 0n) + 1n,
      entries: [
        { node: "primary", slots: 2 },
        { node: "secondary1", slots: 8 },
      ],
    });
    expect([...desired.keys()]).toEqual(["primary"]);
    expect([...state.nodes.values()].map(({ admitted }) => admitted)).toEqual([true, true]);
  });

  it("is as it was when processors change that no slot depends on", () => {
    const spec: ClusterEvent = { type: "spec-applied", spec: clusterSpec(names, "maxSlots: 2") };
    const capped = then(two, spec);
    expect(then(capped, grown).hostfile).toBe(capped.hostfile);
  });

  it("H38: keeps its last entries when the primary is kept out and no secondary is there, and lists the first that is", () => {
    const out: ClusterEvent = { type: "spec-applied", spec: clusterSpec(names, "hostfile: { primary: off }") };
    const alone = then(one, out);
    expect(alone.hostfile).toEqual(one.hostfile);
    const joining = runs(then(alone, ...enrolled("secondary1")), "secondary1", "primary", "primary");
    expect(lines(joining)).toEqual(["secondary1"]);
    expect(lines(then(joining, { type: "lease-lost", node: "secondary1" }))).toEqual(["secondary1"]);
    expect(lines(then(empty(), out, ...enrolled("primary")))).toBeUndefined();
  });

  it("H37: has a node once that is removed and joins anew in one breath", () => {
    const state = then(two, { type: "node-removed", node: "secondary1" }, ...enrolled("secondary1"));
    expect(lines(state)).toEqual(["primary"]);
    expect(lines(runs(state, "secondary1", "primary", "primary"))).toEqual(["primary", "secondary1"]);
  });

  it("H31: has the nodes that are admitted at one time in the order of their names", () => {
    const both = then(one, ...enrolled("secondary10"), ...enrolled("secondary2"));
    const known = given(both, ...["secondary10", "secondary2", "primary"].map((node) => ran(both, node)));
    const state = proved(known);
    expect(lines(state)).toEqual(["primary", "secondary2", "secondary10"]);
  });

  it("reaches the primary alone", () => {
    const state = then(one, ...enrolled("secondary1"));
    const before = runs(state, "secondary1");
    let proving = settle(given(before, ran(before, "primary"))).state;
    const due = () => dueProbes(proving, 0, [], defaultProbeTiming);
    const next = () => given(proving, ...due().map((probe) => answered(probe)));
    while (!due().some(({ probe }) => probe.kind === "launch")) proving = settle(next()).state;
    expect([...settle(next()).desired.keys()]).toEqual(["primary"]);
  });
});

it("has nothing to do at the fixed point", () => {
  expect(decide(two)).toEqual([]);
  expect(settle(two).state).toBe(two);
});
