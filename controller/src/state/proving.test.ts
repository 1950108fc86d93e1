import { type ProofKind, proofKinds } from "@cowherd/proto";
import { describe, expect, it } from "vitest";
import { dueProbes } from "../proofs/due-probes.ts";
import { defaultProbeTiming } from "../proofs/probe-timing.ts";
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
} from "./cluster.fixture.ts";
import type { ClusterEvent, ClusterState } from "./cluster-state.ts";
import { basisOf, probeOf } from "./proof-basis.ts";
import { currentProof } from "./proving.ts";

const settled = (state: ClusterState, ...events: readonly ClusterEvent[]) => settle(given(state, ...events)).state;
const runs = (state: ClusterState, ...nodes: readonly string[]) =>
  nodes.reduce((now, node) => settled(now, ran(now, node)), state);
const lines = (state: ClusterState) => state.hostfile?.entries.map(({ node }) => node);

const joined = settled(empty(), ...enrolled("primary"));
const one = runs(proved(runs(joined, "primary")), "primary");
const two = runs(proved(runs(settled(one, ...enrolled("secondary1")), "secondary1", "primary")), "primary");

/** What one probe about secondary1 or the primary finds at a time: all holds up to `failure`. */
function found(
  state: ClusterState,
  kind: ProofKind,
  failure: string | undefined,
  at: number,
  name = "secondary1",
  answered = true,
): ClusterEvent {
  const node = nodeOf(state, name);
  const proofs = [{ kind, failure, durationMs: 1 }];
  return { type: "proofs-reported", node: name, basis: basisOf(state, node, probeOf(kind)), proofs, answered, at };
}

function stale(state: ClusterState, name = "secondary1"): readonly ProofKind[] {
  return proofKinds.filter((kind) => currentProof(state, nodeOf(state, name), kind) === undefined);
}

const launched: readonly ProofKind[] = ["name", "login", "identity", "shared-folder", "mpirun", "message"];

describe("what was proved", () => {
  const facts = (node: string, over: Parameters<typeof machine>[1]): ClusterEvent => ({
    type: "facts-reported",
    node,
    facts: machine(node, over),
  });
  const other = { mpirun: { vendor: "Open MPI", version: "5.0.7" } };
  const away = (node: string): readonly ClusterEvent[] => [
    { type: "lease-lost", node },
    { type: "lease-gained", node },
  ];
  const spec = (more: string): ClusterEvent => ({ type: "spec-applied", spec: clusterSpec(names, more) });

  it("is all of it, of a node that is ready", () => {
    expect(stale(two)).toEqual([]);
    expect(lines(two)).toEqual(["primary", "secondary1"]);
  });

  it.each<[string, readonly ClusterEvent[], readonly ProofKind[]]>([
    ["after the node was away", away("secondary1"), proofKinds],
    ["after the primary was away", away("primary"), launched],
    ["under new keys", [facts("secondary1", { hostKeys: ["ssh-rsa A"] })], proofKinds],
    ["from a primary with new keys", [facts("primary", { hostKeys: ["ssh-rsa A"] })], ["peers", ...launched]],
    [
      "of another machine of that name",
      enrolled("secondary1").map((e) => ("certificate" in e ? { ...e, certificate: "new" } : e)),
      proofKinds,
    ],
    ["for another user", [spec("user: { name: ada }")], proofKinds],
    ["for another uid", [spec("user: { uid: 7000 }")], launched],
    ["in another shared folder", [spec("shared: { path: /home/mpihpc/data }")], launched],
    ["in a shared folder that is no more", [spec("shared: off")], launched],
    ["with another mpirun there", [facts("secondary1", other)], launched],
    ["with another mpirun on the primary", [facts("primary", other)], launched],
    ["before a newcomer joined", enrolled("secondary2"), ["peers"]],
  ])("counts for nothing %s", (_, events, expected) => {
    expect(stale(given(two, ...events))).toEqual(expected);
  });

  it.each<[string, ClusterEvent]>([
    ["packages", spec("packages: [mpich]")],
    ["processors", facts("secondary1", { processors: { online: 8, schedulable: 8, quota: undefined, cores: 8 } })],
    ["a machine that left", { type: "node-removed", node: "secondary2" }],
  ])("counts on, whatever became of %s", (_, event) => {
    expect(stale(given(two, event))).toEqual([]);
  });

  it("is not taken where it was asked on what is not so any more", () => {
    const late = found(two, "login", "refused", 5);
    const back = settled(two, ...away("secondary1"));
    expect(given(back, late)).toBe(back);
  });

  it("is taken once, however often it is told", () => {
    const event = found(two, "login", "refused", 5);
    const once = given(two, event);
    expect(given(once, event)).toBe(once);
    expect(currentProof(once, nodeOf(once, "secondary1"), "login")).toMatchObject({ tries: 1, since: 5 });
  });

  it("counts its failures in a row from the first", () => {
    const state = given(two, found(two, "login", "refused", 5), found(two, "login", "gone", 9));
    const record = currentProof(state, nodeOf(state, "secondary1"), "login");
    expect(record).toMatchObject({ failure: "gone", tries: 2, since: 5, at: 9 });
    const held = given(state, found(state, "login", undefined, 12));
    expect(currentProof(held, nodeOf(held, "secondary1"), "login")).toMatchObject({ tries: 0, since: 12 });
  });
});

describe("a ready node", () => {
  it("keeps its place while its proofs are made anew", () => {
    const wanted = settled(two, { type: "spec-applied", spec: clusterSpec(names, "user: { uid: 7000 }") });
    expect(lines(wanted)).toEqual(["primary", "secondary1"]);
  });

  it("keeps it when a renewal fails once, and leaves when it fails twice in a row", () => {
    const doubted = settled(two, found(two, "message", "did not end within 20 s", 5));
    expect(lines(doubted)).toEqual(["primary", "secondary1"]);
    const held = settled(doubted, found(doubted, "message", undefined, 6));
    const again = settled(held, found(held, "message", "did not end within 20 s", 7));
    expect(lines(again)).toEqual(["primary", "secondary1"]);
    const failed = settled(again, found(again, "message", "did not end within 20 s", 8));
    expect(lines(failed)).toEqual(["primary"]);
    expect(lines(runs(proved(failed, 100_000), "primary"))).toEqual(["primary", "secondary1"]);
  });

  it("leaves when it cannot resolve a peer, alone of all", () => {
    const failed = [5, 6].reduce(
      (now, at) => settled(now, found(now, "peers", "secondary2 does not resolve", at)),
      two,
    );
    expect(lines(failed)).toEqual(["primary"]);
  });

  it("that always tells something new leaves all the same", () => {
    const told = (state: ClusterState, memoryBytes: number) =>
      settled(state, { type: "facts-reported", node: "secondary1", facts: machine("secondary1", { memoryBytes }) });
    const doubted = told(settled(two, found(two, "login", "refused", 5)), 1);
    expect(lines(settled(doubted, found(doubted, "login", "refused", 6)))).toEqual(["primary"]);
  });

  it("is not held to answer for a primary whose agent is silent", () => {
    const silent = (state: ClusterState, kind: ProofKind, at: number, name = "secondary1") =>
      settled(state, found(state, kind, "no answer", at, name, false));
    const quiet = silent(silent(two, "name", 5), "name", 6);
    expect(lines(quiet)).toEqual(["primary", "secondary1"]);
    expect(lines(silent(silent(quiet, "name", 5, "primary"), "name", 6, "primary"))).toEqual(["secondary1"]);
    expect(lines(silent(silent(two, "peers", 5), "peers", 6))).toEqual(["primary"]);
  });
});

it("proves a node anew that was out of the hostfile, whatever took it out", () => {
  const out = settled(two, ran(two, "secondary1", { packages: "gone" }));
  const mended = runs(out, "secondary1");
  expect(lines(mended)).toEqual(["primary"]);
  const due = dueProbes(mended, 1, [], defaultProbeTiming);
  expect(due.map(({ node, probe }) => [node, probe.kind])).toContainEqual(["secondary1", "peers"]);
  expect(lines(settled(mended, ...due.map((probe) => answered(probe))))).toEqual(["primary"]);
  expect(lines(proved(mended))).toEqual(["primary", "secondary1"]);
});
