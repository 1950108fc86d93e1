import { expect, it } from "vitest";
import { convergeAll } from "../fake-convergence.ts";
import { startFakeCluster } from "../rpc/fake-cluster.ts";
import { clusterSpec, names } from "../state/cluster.fixture.ts";
import type { BusPlace } from "./event-bus.ts";
import { createFakeEventBus, type FakeEventBus } from "./fake-event-bus.ts";
import { createFakeEventLog } from "./fake-event-log.ts";
import { createPublishing } from "./publishing.ts";

const ownBroker = { credentials: "/state/broker.seed", ca: "/state/authority.pem" };
const specOf = (nats: string) => clusterSpec(names, `events: { nats: ${nats}, keep: { days: 1 } }`);

/** Buses in the order in which they were opened, and where to. */
function newBuses(mood: FakeEventBus["mood"] = "well") {
  const opened: { readonly place: BusPlace; readonly bus: FakeEventBus }[] = [];
  const openBus = (place: BusPlace) => {
    const bus = createFakeEventBus();
    bus.mood = mood;
    opened.push({ place, bus });
    return bus;
  };
  return { opened, supply: { openBus, ownBroker } };
}

function start(count: number, mood?: FakeEventBus["mood"]) {
  const clock = { ms: 60_000 };
  const log = createFakeEventLog();
  log.add(count);
  const { opened, supply } = newBuses(mood);
  const publishing = createPublishing({
    ...supply,
    log,
    now: () => clock.ms,
    random: () => 0,
    pause: (_ms, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
    noteDelay: async () => {},
    gatherDelay: async () => {},
    deadline: () => new AbortController().signal,
    changed: () => {},
  });
  return { log, opened, publishing, clock };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}

it("publishes to the cluster's own broker over loopback, as the controller and to nobody else", async () => {
  const { log, opened, publishing } = start(3);
  publishing.follow(specOf("{ port: 5222 }"));
  await settled();
  expect(log.published()).toBe(3n);
  expect(opened.map(({ place }) => place)).toEqual([
    {
      servers: ["tls://127.0.0.1:5222"],
      ...ownBroker,
      stream: { name: "cowherd-cowherd", subjects: "cowherd.cowherd.>", days: 1, megabytes: 256, replicas: 1 },
    },
  ]);
  await publishing[Symbol.asyncDispose]();
});

it("goes on where another spec says, after it has let go of the broker before, and from where it was", async () => {
  const { log, opened, publishing } = start(3);
  publishing.follow(specOf("{ url: nats://a, credentials: /c }"));
  await settled();
  log.add(2);
  publishing.follow(specOf('{ url: ["nats://b", "nats://c", "nats://d"] }'));
  await settled();
  expect(opened.map(({ place, bus }) => [place.servers, place.stream.replicas, bus.closed, bus.stored.length])).toEqual(
    [
      [["nats://a"], 1, true, 3],
      [["nats://b", "nats://c", "nats://d"], 3, false, 2],
    ],
  );
  await publishing[Symbol.asyncDispose]();
  expect(opened.every(({ bus }) => bus.closed)).toBe(true);
});

it("keeps its connection where a spec changes nothing of that", async () => {
  const { log, opened, publishing } = start(1);
  publishing.follow(specOf("{}"));
  await settled();
  log.add(1);
  publishing.follow({ ...specOf("{}"), packages: ["mpich"] });
  await settled();
  expect(opened).toHaveLength(1);
  expect(log.published()).toBe(2n);
  await publishing[Symbol.asyncDispose]();
});

it("opens only the last of several that are asked for in a row", async () => {
  const { opened, publishing } = start(1);
  for (const server of ["a", "b", "c"]) publishing.follow(specOf(`{ url: nats://${server} }`));
  await settled();
  expect(opened.map(({ place }) => place.servers)).toEqual([["nats://c"]]);
  await publishing[Symbol.asyncDispose]();
});

it("publishes nowhere where that is off, and what was kept once it is on again", async () => {
  const { log, opened, publishing } = start(1);
  publishing.follow(specOf("off"));
  await settled();
  expect(opened).toEqual([]);
  expect(publishing.notices()).toEqual([]);
  publishing.follow(specOf("{}"));
  await settled();
  expect(log.published()).toBe(1n);
  await publishing[Symbol.asyncDispose]();
});

it("says in one line that events wait, why, and what becomes of them", async () => {
  const { publishing } = start(340, "refuse");
  publishing.follow(specOf("{ url: nats://a }"));
  await settled();
  expect(publishing.notices()).toEqual([
    "events are not published, for 1 s now: connection refused; 340 wait and are kept for a day, 20000 at most",
  ]);
  await publishing[Symbol.asyncDispose]();
});

it("says nothing of the cluster's own broker while it is set up, unless that takes too long", async () => {
  const { publishing, clock } = start(340, "refuse");
  publishing.follow(specOf("{}"));
  await settled();
  clock.ms += 599_000;
  expect(publishing.notices()).toEqual([]);
  clock.ms += 1_000;
  expect(publishing.notices()).toHaveLength(1);
  await publishing[Symbol.asyncDispose]();
});

it("says at once that the cluster's own broker is away which took events before", async () => {
  const { log, opened, publishing } = start(1);
  publishing.follow(specOf("{}"));
  await settled();
  for (const { bus } of opened) bus.mood = "refuse";
  log.add(1);
  publishing.follow(specOf("{}"));
  await settled();
  expect(publishing.notices()).toHaveLength(1);
  await publishing[Symbol.asyncDispose]();
});

it("tells of a broker that takes events from the first that it took, and of none that took the last one badly", async () => {
  const { log, opened, publishing } = start(0);
  publishing.follow(specOf("{}"));
  await settled();
  expect(publishing.isTaken()).toBe(false);
  log.add(1);
  publishing.follow(specOf("{}"));
  await settled();
  expect(publishing.isTaken()).toBe(true);
  for (const { bus } of opened) bus.mood = "refuse";
  log.add(1);
  publishing.follow(specOf("{}"));
  await settled();
  expect(publishing.isTaken()).toBe(false);
  await publishing[Symbol.asyncDispose]();
});

it.each(["hang", "refuse"] as const)("lets a cluster converge as ever while the broker would %s", async (mood) => {
  const { opened, supply } = newBuses(mood);
  await using cluster = await startFakeCluster(undefined, {}, { buses: supply });
  await cluster.join("primary", 1);
  await cluster.join("secondary1", 2);
  convergeAll(cluster.controller);
  expect(cluster.controller.loop.record().state.hostfile?.entries).toHaveLength(2);
  expect(cluster.controller.events.last()).toBeGreaterThan(5n);
  expect(cluster.controller.events.published()).toBe(0n);
  expect(opened).toHaveLength(1);
  await expect.poll(() => opened[0]?.bus.calls).toEqual({ count: 1, most: 1 });
});
