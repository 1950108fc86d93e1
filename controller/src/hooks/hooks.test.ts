import type { Event, HookRequest, KeptEvent } from "@cowherd/proto";
import { describe, expect, it } from "vitest";
import { clusterSpec, empty, enrolled, given, names } from "../state/cluster.fixture.ts";
import type { ClusterState } from "../state/cluster-state.ts";
import { hookNotices } from "../state/hook-notices.ts";
import { reduce } from "../state/reduce.ts";
import { createHooks } from "./hooks.ts";

const notify = "{ run: notify, on: [node.*], seconds: 10 }";
const queue = "{ run: queue, on: [hostfile.published], user: mpihpc }";
const chat = "{ run: chat, on: ['*'] }";
const ready: Event = { type: "node.ready", node: "secondary1", slots: 2 };
const published: Event = {
  type: "hostfile.published",
  generation: 1n,
  slots: 2,
  added: [],
  removed: [],
  changed: [],
};

/** A cluster with hooks, whose log, clocks and primary a test moves; `again` takes it up as a restarted controller does. */
function start(...hooks: string[]) {
  const spec = clusterSpec(names, `hooks: [${hooks.join(", ")}]`);
  const world: World = {
    state: given(empty(), ...enrolled("primary"), { type: "spec-applied", spec, lastEvent: 0n }),
    log: [],
    asked: [],
    connected: true,
    monotonic: 0,
  };
  return again(world);
}

type World = {
  state: ClusterState;
  log: KeptEvent[];
  asked: HookRequest[];
  connected: boolean;
  monotonic: number;
};

function again(world: World) {
  const record = () => ({ state: world.state, tokens: new Map(), operators: new Map() });
  const append = (event: Event) => {
    const sequence = BigInt(world.log.length + 1);
    world.log.push({ sequence, id: `id${sequence}`, time: 0, event });
  };
  const hooks = createHooks({
    loop: () => ({
      record,
      commit({ events = [], told = [] }) {
        const before = record();
        world.state = events.reduce(reduce, world.state);
        for (const event of told) append(event);
        hooks.look(world.state); // as whoever hears of a change does
        return { before, after: record(), desired: new Map(), events: [] };
      },
    }),
    log: {
      read: (after, limit) => world.log.filter(({ sequence }) => sequence > after).slice(0, limit),
      last: () => BigInt(world.log.length),
    },
    sessions: {
      hook(_node, request) {
        if (world.connected) world.asked.push(request);
        return world.connected;
      },
    },
    now: () => 60_000,
    monotonic: () => world.monotonic,
    pauseMs: 3_000,
  });
  return {
    hooks,
    world,
    happen(...events: Event[]) {
      for (const event of events) append(event);
      hooks.look(world.state);
    },
    /** Lets time pass in looks of a second. */
    pass(seconds: number) {
      for (let passed = 0; passed < seconds; passed += 1) {
        world.monotonic += 1_000;
        hooks.giveUp();
        hooks.look(world.state);
      }
    },
    ids: () => world.asked.map(({ id }) => id),
    failures: () => world.log.flatMap(({ event }) => (event.type === "hook.failed" ? [event] : [])),
    notices: () => hookNotices(world.state, hooks.backlogs(), world.connected, 60_000),
  };
}

describe("a hook", () => {
  it("is asked of the primary for its events alone, with the event as CloudEvents have it", () => {
    const { happen, world } = start(queue);
    happen(ready, published);
    expect(world.asked).toMatchObject([{ id: "queue-id2", hook: "queue", seconds: 30, user: "mpihpc" }]);
    expect(world.asked[0]?.event).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(world.asked[0]?.event ?? "")).toMatchObject({
      specversion: "1.0",
      id: "id2",
      type: "io.cowherd.hostfile.published.v1",
      data: { generation: 1 },
    });
  });

  it("runs for one event after another, in their order", () => {
    const { happen, hooks, ids } = start(notify);
    happen(ready, ready, ready);
    expect(ids()).toEqual(["notify-id1"]);
    hooks.ended("primary", "notify-id1", undefined);
    hooks.ended("primary", "notify-id1", undefined);
    expect(ids()).toEqual(["notify-id1", "notify-id2"]);
  });

  it("takes an end from nobody but the primary, and of nothing but what it was asked for", () => {
    const { happen, hooks, world } = start(notify);
    happen(ready);
    const before = world.state;
    hooks.ended("secondary1", "notify-id1", undefined);
    hooks.ended("primary", "notify-id7", undefined);
    expect(world.state).toBe(before);
  });

  it("is not run for events that are older than itself", () => {
    const { world } = start(notify);
    world.log.push({ sequence: 1n, id: "id1", time: 0, event: ready });
    world.state = given(world.state, { type: "spec-applied", spec: clusterSpec(names) });
    const spec = clusterSpec(names, `hooks: [${notify}]`);
    world.state = given(world.state, { type: "spec-applied", spec, lastEvent: 1n });
    const { happen, ids } = again(world);
    happen(ready);
    expect(ids()).toEqual(["notify-id2"]);
  });

  it("that leaves the spec runs no more, and one that is for other events runs for those", () => {
    const { happen, hooks, world, ids } = start(notify, queue);
    happen(ready, ready, published, published);
    const spec = clusterSpec(names, "hooks: [{ run: notify, on: [hostfile.published] }]");
    world.state = given(world.state, { type: "spec-applied", spec, lastEvent: 4n });
    hooks.ended("primary", "notify-id1", undefined);
    hooks.ended("primary", "queue-id3", undefined);
    happen(ready, published);
    expect(ids()).toEqual(["notify-id1", "queue-id3", "notify-id6"]);
  });

  it("too large an event is for, fails without being asked for", () => {
    const { happen, pass, ids, failures } = start(queue);
    const added = Array.from({ length: 8_000 }, (_, at) => ({ node: `secondary${at}`, slots: 128 }));
    happen({ ...published, added });
    pass(1);
    expect(ids()).toEqual([]);
    expect(failures()).toMatchObject([
      { hook: "queue", sequence: 1n, reason: expect.stringContaining("at most 262144") },
    ]);
  });
});

describe("hooks together", () => {
  it("run two at a time, those first whose event is older", () => {
    const { happen, hooks, ids } = start(notify, queue, chat);
    happen(published, ready, ready);
    expect(ids()).toEqual(["queue-id1", "chat-id1"]);
    hooks.ended("primary", "chat-id1", undefined);
    expect(ids()).toEqual(["queue-id1", "chat-id1", "notify-id2"]);
  });

  it("cost nothing where there are none", () => {
    const { happen, world, notices } = start();
    happen(ready);
    expect(world.asked).toEqual([]);
    expect(notices()).toEqual([]);
  });
});

describe("a failure", () => {
  it("is an event and a notice, until the hook ends well", () => {
    const { happen, hooks, failures, notices } = start(notify);
    happen(ready, ready);
    hooks.ended("primary", "notify-id1", "exit code 3: no such channel");
    expect(failures()).toEqual([
      { type: "hook.failed", hook: "notify", sequence: 1n, reason: "exit code 3: no such channel" },
    ]);
    expect(notices()).toEqual([
      expect.stringMatching(/^hook notify failed .* for event 1: exit code 3: no such channel/),
    ]);
    hooks.ended("primary", "notify-id2", undefined);
    expect(notices()).toEqual([]);
  });

  it("runs no hook, not even one that is for everything", () => {
    const { happen, hooks, ids, world } = start(chat);
    happen(ready);
    hooks.ended("primary", "chat-id1", "exit code 1");
    hooks.look(world.state);
    expect(ids()).toEqual(["chat-id1"]);
  });

  it("is what an agent that lives and does not answer in time has", () => {
    const { happen, pass, failures, ids } = start(notify);
    happen(ready, ready);
    pass(39);
    expect(failures()).toEqual([]);
    pass(1);
    expect(failures()).toMatchObject([
      { sequence: 1n, reason: "the cowherd-agent on primary did not answer within 40 s" },
    ]);
    expect(ids()).toEqual(["notify-id1", "notify-id2"]);
  });

  it("is not what a pause of the controller's machine is taken for", () => {
    const { happen, hooks, pass, world, failures } = start(notify);
    happen(ready);
    world.monotonic += 3_600_000;
    hooks.giveUp();
    pass(39);
    expect(failures()).toEqual([]);
  });
});

describe("while the primary's agent is away", () => {
  it("hooks wait, and are told of", () => {
    const { happen, hooks, world, ids, notices } = start(notify);
    world.connected = false;
    happen(ready, ready);
    expect(notices()).toEqual(["hook notify: 2 events wait for the agent of the primary"]);
    world.connected = true;
    hooks.askAgain("primary");
    expect(ids()).toEqual(["notify-id1"]);
  });

  it("the newest hundred wait; the others are counted, told of once, and never run", () => {
    const { happen, hooks, world, ids, failures, notices } = start(notify);
    world.connected = false;
    for (let n = 0; n < 130; n += 1) happen(ready);
    expect(notices()).toEqual([
      "hook notify was not run for 30 events: too many came at once",
      "hook notify: 100 events wait for the agent of the primary",
    ]);
    world.connected = true;
    hooks.askAgain("primary");
    expect(ids()).toEqual(["notify-id31"]);
    hooks.ended("primary", "notify-id31", undefined);
    expect(failures()).toEqual([
      { type: "hook.failed", hook: "notify", sequence: 30n, reason: "30 events were skipped: too many waited" },
    ]);
    expect(world.state.hooks.get("notify")).toMatchObject({ done: 31n, skipped: { count: 30 } });
    hooks.ended("primary", "notify-id32", undefined);
    expect(failures()).toHaveLength(1);
  });

  it("what was asked is no failure, and is asked again under the same id when it is back", () => {
    const { happen, hooks, pass, world, ids, failures } = start(notify);
    happen(ready);
    world.state = given(world.state, { type: "lease-lost", node: "primary" });
    pass(120);
    expect(failures()).toEqual([]);
    world.state = given(world.state, { type: "lease-gained", node: "primary" });
    hooks.askAgain("primary");
    expect(ids()).toEqual(["notify-id1", "notify-id1"]);
    hooks.askAgain("secondary1");
    expect(ids()).toHaveLength(2);
  });
});

describe("a controller that starts again", () => {
  it("loses no event, and repeats none but the one that was under way, under its old id", () => {
    const first = start(notify);
    first.happen(ready, ready, ready);
    first.hooks.ended("primary", "notify-id1", undefined);
    first.world.asked.length = 0;
    const second = again(first.world);
    second.hooks.look(second.world.state);
    expect(second.ids()).toEqual(["notify-id2"]);
    second.hooks.ended("primary", "notify-id2", undefined);
    second.hooks.ended("primary", "notify-id3", undefined);
    expect(second.ids()).toEqual(["notify-id2", "notify-id3"]);
  });

  it("skips what came amid a run once and not twice", () => {
    const first = start(notify);
    first.happen(ready);
    first.happen(...Array.from({ length: 105 }, () => ready));
    first.hooks.ended("primary", "notify-id1", undefined);
    expect(first.world.state.hooks.get("notify")).toMatchObject({ done: 6n, skipped: { count: 5 } });
    const second = again(first.world);
    second.hooks.look(second.world.state);
    expect(second.hooks.backlogs()).toEqual([{ hook: "notify", waiting: 100, skipped: 0 }]);
  });
});
