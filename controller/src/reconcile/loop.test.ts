import { expect, it } from "vitest";
import { ordinaryPace } from "../hostfile/pace.ts";
import { dueProbes } from "../proofs/due-probes.ts";
import { defaultProbeTiming } from "../proofs/probe-timing.ts";
import { answered, empty, enrolled, ran } from "../state/cluster.fixture.ts";
import type { ClusterEvent } from "../state/cluster-state.ts";
import { type ClusterStore, StoreUnwritableError } from "../store/cluster-store.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { createLoop } from "./loop.ts";

/** A loop on a store that counts its commits, at a time that the test sets. */
function start(store: ClusterStore = createMemoryStore()) {
  let [time, commits, told] = [0, 0, 0];
  const counting: ClusterStore = {
    ...store,
    commit(record, log) {
      commits += 1;
      store.commit(record, log);
    },
  };
  const initial = store.load() ?? { state: empty(), tokens: new Map(), operators: new Map() };
  time = initial.state.runTime;
  const tell = () => {
    told += 1;
  };
  const loop = createLoop(initial, {
    store: counting,
    runningTime: () => time,
    now: () => 0,
    randomBytes: (length) => new Uint8Array(length),
    pace: ordinaryPace,
    tell,
  });
  return {
    loop,
    store,
    happen: (...events: readonly ClusterEvent[]) => void loop.commit({ events }),
    run: (node: string) => void loop.commit({ events: [ran(loop.record().state, node)] }),
    prove() {
      for (let due = dueProbes(loop.present(), 0, [], defaultProbeTiming); due.length > 0; ) {
        loop.commit({ events: due.map((probe) => answered(probe)) });
        due = dueProbes(loop.present(), 0, [], defaultProbeTiming);
      }
    },
    wait(ms: number) {
      time += ms;
      return loop.pass();
    },
    counts: () => ({ commits, told }),
  };
}

/** A node that is held off for 10 s. */
function quarantined(store?: ClusterStore) {
  const started = start(store);
  started.happen(...enrolled("primary"));
  started.run("primary");
  started.prove();
  started.run("primary");
  for (const type of ["lease-lost", "lease-gained", "lease-lost", "lease-gained"] as const)
    started.happen({ type, node: "primary" });
  return started;
}

const admitted = ({ loop }: ReturnType<typeof start>) => loop.record().state.nodes.get("primary")?.admitted;

it("stores nothing while nothing happens and nothing is waited for", () => {
  const started = start();
  started.happen(...enrolled("primary"));
  const before = [started.loop.record(), started.counts()];
  expect(started.wait(3_600_000)).toBe(false);
  started.happen({ type: "lease-gained", node: "primary" });
  expect([started.loop.record(), started.counts()]).toEqual(before);
  expect(started.loop.present().runTime).toBe(3_600_000);
});

it("does what was only waited for when its time has come, and not before", () => {
  const started = quarantined();
  expect([started.wait(9_999), admitted(started)]).toEqual([false, false]);
  started.prove();
  expect(admitted(started)).toBe(false);
  expect(started.wait(1)).toBe(true);
  started.prove();
  expect(admitted(started)).toBe(true);
  expect(started.wait(3_600_000)).toBe(false);
});

it("tells of a deadline that only people look at, and stores nothing for it", () => {
  const started = start();
  started.happen(...enrolled("primary"), { type: "node-drained", node: "primary", reason: "r", deadlineMs: 5_000 });
  const before = started.counts();
  expect([started.wait(4_999), started.wait(1), started.wait(1)]).toEqual([false, true, false]);
  expect(started.counts()).toEqual(before);
});

it("loses a minute at most of what was waited for when it is started again", () => {
  const store = createMemoryStore();
  const first = start(store);
  first.happen(...enrolled("primary"), { type: "node-drained", node: "primary", reason: "r", deadlineMs: 600_000 });
  for (let tick = 0; tick < 60; tick += 1) first.wait(5_000);
  const second = start(store);
  expect(second.loop.record().state.runTime).toBeGreaterThanOrEqual(240_000);
  expect(second.wait(301_000) || second.wait(60_000)).toBe(true);
});

const typesOf = ({ store }: ReturnType<typeof start>) => store.events.marks().map(({ type }) => type);

it("stores what observers should hear of with the change that makes it so", () => {
  const started = start();
  const before = started.counts();
  const { events } = started.loop.commit({ events: enrolled("primary") });
  expect(events.map(({ sequence, event }) => [sequence, event.type])).toEqual([
    [1n, "node.enrolled"],
    [2n, "node.converging"],
  ]);
  expect(started.store.events.read(0n, 9)).toEqual(events);
  expect(started.counts()).toEqual({ commits: before.commits + 1, told: before.told + 1 });
});

it("stores what it is told beside the state, also where nothing else is new", () => {
  const started = start();
  const refused = { type: "token.refused", node: undefined, reason: "no such token" } as const;
  const { before, after, events } = started.loop.commit({ told: [refused] });
  expect(after.state).toEqual(before.state);
  expect(events).toMatchObject([{ sequence: 1n, event: refused }]);
  expect(started.loop.commit({ told: [] }).events).toEqual([]);
});

it("tells nothing of a change that could not be stored, and of it once when it could", () => {
  const store = createMemoryStore();
  let full = false;
  const failing: ClusterStore = {
    ...store,
    commit(record, log) {
      if (full) throw new RangeError("the disk is full");
      store.commit(record, log);
    },
  };
  const started = start(failing);
  full = true;
  expect(() => started.happen(...enrolled("primary"))).toThrow("the disk is full");
  expect([typesOf(started), started.counts().told]).toEqual([[], 0]);
  full = false;
  started.happen(...enrolled("primary"));
  expect(typesOf(started)).toEqual(["node.enrolled", "node.converging"]);
  expect(store.events.last()).toBe(2n);
});

it("says that the store takes nothing, and tries it every second until it does", () => {
  const store = createMemoryStore();
  let full = false;
  let tries = 0;
  const started = start({
    ...store,
    commit(record, log) {
      tries += 1;
      if (full) throw new StoreUnwritableError("/store: the disk is full");
      store.commit(record, log);
    },
  });
  expect(started.loop.unwritten()).toBeUndefined();
  full = true;
  expect(() => started.happen(...enrolled("primary"))).toThrow("cannot write /store: the disk is full");
  expect(started.loop.unwritten()).toEqual({ since: 0, reason: "/store: the disk is full" });
  tries = 0;
  expect([started.wait(999), tries]).toEqual([false, 0]);
  expect([started.wait(1), tries]).toEqual([false, 1]);
  expect([started.wait(500), tries]).toEqual([false, 1]);
  full = false;
  expect([started.wait(500), tries]).toEqual([true, 2]);
  expect(started.loop.unwritten()).toBeUndefined();
  expect(typesOf(started)).toEqual([]);
  expect(started.wait(10_000)).toBe(false);
});

it("tells what time alone made different", () => {
  const started = quarantined();
  const before = typesOf(started);
  expect(before.at(-1)).toBe("node.quarantined");
  started.wait(9_999);
  expect(typesOf(started)).toEqual(before);
  started.wait(1);
  expect(typesOf(started).slice(before.length)).toEqual(["node.proving"]);
});
