import { setImmediate } from "node:timers/promises";
import type { Probe, Proof } from "@cowherd/proto";
import { beforeEach, describe, expect, it } from "vitest";
import { createKeptLog, type KeptLog } from "../kept-log.ts";
import { createProbeQueue, type ProbeQueue } from "./probe-queue.ts";

const signal = new AbortController().signal;
const peers: Probe = { kind: "peers", peers: [] };
const remnants: Probe = { kind: "remnants", user: "mpihpc", end: false };
const launch = (node: string): Probe => ({
  kind: "launch",
  node,
  address: "192.168.56.11",
  user: "mpihpc",
  uid: 7777,
  gid: 7777,
  sharedPath: undefined,
  primary: "primary",
  boundMs: 1_000,
});
const proof: Proof = { kind: "name", failure: undefined, durationMs: 1 };

let log: KeptLog;
let going: { readonly probe: Probe; end(): void; fail(error: Error): void }[];
let answered: string[];
let queue: ProbeQueue;

beforeEach(() => {
  log = createKeptLog();
  going = [];
  answered = [];
  queue = createProbeQueue({
    prove: (probe, over) =>
      new Promise((resolve, reject) => {
        going.push({ probe, end: () => resolve([proof]), fail: reject });
        over.addEventListener("abort", () => reject(over.reason));
      }),
    answer: async (id) => void answered.push(id),
    log,
  });
});

describe("the queue of probes", () => {
  it("begins no more than two launches and one of each other kind at once, in order", async () => {
    for (const node of ["a", "b", "c"]) queue.ask(node, launch(node), signal);
    queue.ask("p1", peers, signal);
    queue.ask("p2", { ...peers, peers: [{ name: "a", address: "192.168.56.11" }] }, signal);
    queue.ask("r1", remnants, signal);
    expect(going.map(({ probe }) => (probe.kind === "launch" ? probe.node : probe.kind))).toEqual([
      "a",
      "b",
      "peers",
      "remnants",
    ]);
    going[1]?.end();
    await setImmediate();
    expect(answered).toEqual(["b"]);
    expect(going[4]?.probe).toEqual(launch("c"));
    going[2]?.end();
    await setImmediate();
    expect(answered).toEqual(["b", "p1"]);
    expect(going).toHaveLength(6);
  });

  it("goes on after one that broke, and tells of it", async () => {
    queue.ask("p1", peers, signal);
    queue.ask("p2", peers, signal);
    going[0]?.fail(new Error("broken"));
    await setImmediate();
    going[1]?.end();
    await setImmediate();
    expect(answered).toEqual(["p2"]);
    expect(log.texts).toEqual(["probe not answered"]);
  });

  it("drops those whose session ended, quietly", async () => {
    const session = new AbortController();
    queue.ask("p1", peers, session.signal);
    queue.ask("p2", { ...peers, peers: [{ name: "a", address: "192.168.56.11" }] }, session.signal);
    queue.ask("p3", peers, signal);
    session.abort(new Error("over"));
    await setImmediate();
    expect(going).toHaveLength(2); // the first, which was cut off, and the last
    going[1]?.end();
    await setImmediate();
    expect(answered).toEqual(["p3"]);
    expect(log.texts).toEqual([]);
  });

  it("answers what is asked again before it began once, under the newer id", async () => {
    for (const id of ["p1", "p2", "p3"]) queue.ask(id, peers, signal);
    going[0]?.end();
    await setImmediate();
    going[1]?.end();
    await setImmediate();
    expect(answered).toEqual(["p1", "p3"]);
    expect(going).toHaveLength(2);
  });

  it("takes on no more than it can hold", () => {
    for (let at = 0; at < 400; at += 1) queue.ask(`${at}`, { ...remnants, user: `user${at}` }, signal);
    expect(log.texts).toHaveLength(400 - 256 - 1);
  });
});
