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
import { nextStepOf } from "./next-step.ts";
import { obstaclesOf, phaseOf } from "./phase.ts";

const settled = (state: ClusterState, ...events: readonly ClusterEvent[]) => settle(given(state, ...events)).state;
const runs = (state: ClusterState, ...nodes: readonly string[]) =>
  nodes.reduce((now, node) => settled(now, ran(now, node)), state);
const due = (state: ClusterState) => dueProbes(state, 0, [], defaultProbeTiming);

const joined = settled(empty(), ...enrolled("primary"));
const one = runs(proved(runs(joined, "primary")), "primary");
const newcomer = runs(settled(one, ...enrolled("secondary1")), "secondary1", "primary");
const two = runs(proved(newcomer), "primary");

/** Proves a node up to a kind, which is left open, or fails. */
function upTo(kind: ProofKind, failure?: string, state = newcomer, name = "secondary1"): ClusterState {
  const probe = due(state).find(({ node }) => node === name);
  if (probe === undefined) throw new RangeError("nothing is due");
  if (!probe.kinds.includes(kind)) return upTo(kind, failure, settled(state, answered(probe)), name);
  if (failure !== undefined) return settled(state, answered(probe, { kind, failure }));
  const kinds = probe.kinds.slice(0, probe.kinds.indexOf(kind));
  return settled(state, answered({ ...probe, kinds }));
}

/** A ready node whose renewals failed twice. */
function failedTwice(kind: ProofKind, silent = false): ClusterState {
  let state = two;
  for (const at of [300_000, 300_001]) {
    const probe = dueProbes(state, at, [], defaultProbeTiming).find(
      ({ node, kinds }) => node === "secondary1" && kinds.includes(kind),
    );
    const event = probe && answered(probe, { kind, failure: "it does not" }, at);
    if (event?.type === "proofs-reported") state = given(state, { ...event, answered: !silent });
  }
  return state;
}

describe("a node on its way", () => {
  it.each<[ProofKind, string]>([
    ["peers", "the names of all nodes resolve there"],
    ["remnants", "no rank is left over there from a job whose mpirun is gone"],
    ["name", "its name resolves on primary"],
    ["login", "mpihpc reaches it from primary without a prompt"],
    ["identity", "mpihpc has the cluster's uid and gid there"],
    ["shared-folder", "mpihpc can write into the shared folder there"],
    ["mpirun", "mpirun there is that of primary"],
    ["message", "two ranks, on primary and there, can send to each other"],
  ])("waits in words for the proof of %s, and for nobody to do anything", (kind, words) => {
    const state = upTo(kind);
    expect(phaseOf(state, "secondary1")).toEqual({ phase: "proving", reason: `to be proved: ${words}` });
    expect(nextStepOf(state, "secondary1")).toBe("");
  });

  it("has words of its own for the primary's two ranks", () => {
    const bare = upTo("message", undefined, runs(joined, "primary"), "primary");
    expect(phaseOf(bare, "primary").reason).toBe("to be proved: two ranks there can send to each other");
  });

  it.each<[ProofKind, string]>([
    ["peers", 'look at /etc/hosts on secondary1, and for "files" first among the hosts in its /etc/nsswitch.conf'],
    ["remnants", "they are ended 60 s after they were found"],
    ["name", 'look at /etc/hosts on primary, and for "files" first among the hosts in its /etc/nsswitch.conf'],
    ["login", 'see what "ssh -o BatchMode=yes secondary1 true" says as mpihpc on primary'],
    ["identity", "give mpihpc the uid 7777 and the gid 7777 on secondary1"],
    ["shared-folder", 'look at "findmnt /home/mpihpc/shared" and "ls -ld /home/mpihpc/shared" on secondary1'],
    ["mpirun", "install the MPI of primary on secondary1"],
    ["message", "let all ports through between the nodes (ufw allow from 192.168.56.0/24)"],
  ])("is degraded for what failed of %s, with the one next step", (kind, step) => {
    const state = upTo(kind, "it does not");
    expect(phaseOf(state, "secondary1")).toEqual({ phase: "degraded", reason: `${kind}: it does not: ${step}` });
    expect(nextStepOf(state, "secondary1")).toBe(step);
    expect(obstaclesOf(state, nodeOf(state, "secondary1"))).toEqual([`${kind}: it does not: ${step}`]);
  });

  it("has a step after a question as well", () => {
    expect(phaseOf(upTo("peers", "who is primary?"), "secondary1").reason).toMatch(/^peers: who is primary\? look at /);
  });

  it("has its remnants left to the operator where the spec says so", () => {
    const state = upTo("remnants", "orted 4711");
    const spec = clusterSpec(names, "remnants: { end: false }");
    expect(nextStepOf(settled(state, { type: "spec-applied", spec }), "secondary1")).toBe(
      'end them on secondary1; "remnants: { end: true }" in cluster.yaml lets Cowherd do it',
    );
  });

  it("K7: is sent to whose agent knows no probes", () => {
    const peers = due(newcomer).find(({ node }) => node === "secondary1");
    const event = peers && answered(peers, { kind: "peers", failure: "no answer" });
    const state = event?.type === "proofs-reported" ? settled(newcomer, { ...event, answered: false }) : newcomer;
    expect(phaseOf(state, "secondary1").reason).toBe(
      "peers: no answer: install the controller's version of the package cowherd on secondary1, or restart its cowherd-agent",
    );
    expect(nextStepOf(failedTwice("name", true), "secondary1")).toBe("");
  });

  it("waits for the primary, which is proved first and starts the proofs", () => {
    const state = settled(upTo("name"), { type: "lease-lost", node: "primary" });
    const reason = "waiting for primary to be ready: it starts the proofs";
    expect(phaseOf(state, "secondary1")).toEqual({ phase: "proving", reason });
    expect(nextStepOf(state, "secondary1")).toBe("cowctl explain primary");
  });
});

describe("the one next step", () => {
  const facts = (over: Parameters<typeof machine>[1]): ClusterEvent => ({
    type: "facts-reported",
    node: "secondary1",
    facts: machine("secondary1", over),
  });
  const bare = runs(
    settled(one, ...enrolled("secondary1", machine("secondary1", { userKey: undefined }))),
    "secondary1",
  );
  const withoutMpi = runs(
    settled(one, ...enrolled("secondary1", machine("secondary1", { mpirun: undefined }))),
    "secondary1",
  );

  it.each<[string, ClusterState, string]>([
    ["is absent", one, "cowctl token create --node secondary1"],
    [
      "is silent",
      settled(two, { type: "lease-lost", node: "secondary1" }),
      "see whether secondary1 is up, and on it: systemctl status cowherd-agent",
    ],
    [
      "has another address",
      settled(two, facts({ interfaces: [] })),
      "give secondary1 the address 192.168.56.11, or correct cluster.yaml: cowctl apply -f cluster.yaml",
    ],
    [
      "could not converge",
      settled(two, ran(two, "secondary1", { packages: "gone" })),
      "mend on secondary1 what the reason names; its agent tries again by itself",
    ],
    ["reports no keys", bare, "see on secondary1: systemctl status ssh cowherd-agent"],
    [
      "has another MPI",
      settled(two, facts({ mpirun: { vendor: "MPICH", version: "4" } })),
      "install the MPI of primary on secondary1",
    ],
    ["has no MPI", withoutMpi, "install the MPI of primary on secondary1"],
    [
      "does not hold what was proved",
      failedTwice("message"),
      "let all ports through between the nodes (ufw allow from 192.168.56.0/24)",
    ],
    [
      "has its facts refused",
      settled(newcomer, { type: "facts-refused", node: "secondary1", problem: "p" }),
      "mend on secondary1 what the reason names; its agent reports again by itself",
    ],
    [
      "joined before the primary",
      runs(settled(empty(), ...enrolled("secondary1")), "secondary1"),
      "cowctl token create --node primary",
    ],
    ["has not run", settled(one, ...enrolled("secondary1")), ""],
    ["is ready", two, ""],
  ])("for a node that %s", (_, state, step) => {
    expect(nextStepOf(state, "secondary1")).toBe(step);
  });
});

describe("what is in a node's way", () => {
  it("is told whole and in order, with the reason first", () => {
    const state = given(
      two,
      { type: "lease-lost", node: "secondary1" },
      { type: "node-withdrawn", node: "secondary1" },
      { type: "facts-refused", node: "secondary1", problem: "hostname: no" },
      ran(two, "secondary1", { packages: "gone" }),
    );
    const obstacles = obstaclesOf(state, nodeOf(state, "secondary1"));
    expect(obstacles[0]).toBe(phaseOf(state, "secondary1").reason);
    expect(obstacles.slice(0, 3)).toEqual([
      "no sign of life: is the machine up, and does its cowherd-agent run?",
      "packages: gone",
      "facts refused: hostname: no",
    ]);
  });

  it("is nothing for a ready node, and what degrades one that keeps its place", () => {
    expect(obstaclesOf(two, nodeOf(two, "secondary1"))).toEqual([]);
    const refused = settled(two, { type: "facts-refused", node: "secondary1", problem: "p" });
    expect(obstaclesOf(refused, nodeOf(refused, "secondary1"))).toEqual(["facts refused: p"]);
  });

  it("is what does not hold any more, of a node that is about to leave", () => {
    const state = failedTwice("message");
    const reason = "message: it does not: let all ports through between the nodes (ufw allow from 192.168.56.0/24)";
    expect(phaseOf(state, "secondary1")).toEqual({ phase: "degraded", reason });
    expect(obstaclesOf(state, nodeOf(state, "secondary1"))).toEqual([reason]);
  });
});

it("has a probe for every kind", () => {
  const kinds = [...due(newcomer), ...due(upTo("remnants")), ...due(upTo("name"))].flatMap((probe) => probe.kinds);
  expect(new Set(kinds)).toEqual(new Set(proofKinds));
});
