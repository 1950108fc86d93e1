import { expect, it } from "vitest";
import { createFakeEventBus, type FakeEventBus } from "./fake-event-bus.ts";
import { createFakeEventLog, type FakeEventLog } from "./fake-event-log.ts";
import { type Publisher, startPublisher } from "./publisher.ts";

type Started = {
  readonly log: FakeEventLog;
  readonly bus: FakeEventBus;
  readonly publisher: Publisher;
  readonly clock: { now: number };
  readonly pauses: readonly number[];
  /** Lets a pause, or a deadline, be over. */
  letPass(): void;
  expire(): void;
  changes(): number;
};

function start(
  count: number,
  mood: FakeEventBus["mood"] = "well",
  noteDelay: (signal: AbortSignal) => Promise<void> = async () => {},
): Started {
  const log = createFakeEventLog();
  log.add(count);
  const bus = createFakeEventBus();
  bus.mood = mood;
  const clock = { now: 1_000 };
  const pauses: number[] = [];
  let changes = 0;
  let pausing = Promise.withResolvers<void>();
  let deadline = new AbortController();
  const publisher = startPublisher({
    cluster: "lab",
    log,
    bus,
    now: () => clock.now,
    random: () => 0,
    async pause(ms, signal) {
      pauses.push(ms);
      pausing = Promise.withResolvers();
      signal.addEventListener("abort", () => pausing.resolve(), { once: true });
      await pausing.promise;
    },
    noteDelay,
    gatherDelay: async () => {},
    deadline() {
      deadline = new AbortController();
      return deadline.signal;
    },
    changed() {
      changes += 1;
    },
  });
  return {
    log,
    bus,
    publisher,
    clock,
    pauses,
    letPass() {
      pausing.resolve();
    },
    expire() {
      deadline.abort();
    },
    changes: () => changes,
  };
}

/** Lets everything happen that waits for nothing outside. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}

it("publishes what there is in order and in batches, one at a time, and notes how far it came", async () => {
  const { log, bus, publisher } = start(1_000);
  await expect.poll(() => log.published()).toBe(1_000n);
  expect(bus.stored.map(({ id }) => id)).toEqual(log.kept.map(({ id }) => id));
  expect(bus.stored[0]).toMatchObject({ subject: "cowherd.lab.node.undrained.primary" });
  expect(bus.calls).toEqual({ count: 16, most: 1 });
  expect(log.reads.most).toBe(64);
  expect(publisher.trouble()).toBeUndefined();
  await publisher.stop();
});

it("sends events that are long in smaller batches, and one that is longer still by itself", async () => {
  const { log, bus, publisher } = start(0);
  log.add(3, "n".repeat(100 * 1024));
  log.add(2, "n".repeat(700 * 1024));
  publisher.wake();
  await expect.poll(() => log.published()).toBe(5n);
  expect(bus.calls.count).toBe(4);
  await publisher.stop();
});

it("goes on once it is told that there is more", async () => {
  const { log, bus, publisher } = start(1);
  await settled();
  log.add(1);
  await settled();
  expect(bus.stored).toHaveLength(1);
  publisher.wake();
  await settled();
  expect(bus.stored).toHaveLength(2);
  await publisher.stop();
});

it("waits longer each time that it fails, and says since when and why until it succeeds", async () => {
  const { log, bus, publisher, clock, pauses, letPass, changes } = start(3, "refuse");
  await settled();
  expect(publisher.trouble()).toEqual({ since: 1_000, reason: "connection refused", waiting: 3n });
  for (let n = 0; n < 9; n += 1) {
    clock.now += 60_000;
    letPass();
    await settled();
  }
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  expect(publisher.trouble()).toEqual({ since: 1_000, reason: "connection refused", waiting: 3n });
  expect(changes()).toBe(1);
  bus.mood = "well";
  letPass();
  await settled();
  expect(log.published()).toBe(3n);
  expect(publisher.trouble()).toBeUndefined();
  expect(changes()).toBe(2);
  await publisher.stop();
});

it("ends a try that is never answered at its deadline, and tries again", async () => {
  const { log, bus, publisher, expire, letPass } = start(3, "hang");
  await settled();
  expect(bus.calls.count).toBe(1);
  expire();
  await settled();
  expect(publisher.trouble()).toMatchObject({ reason: "no answer in time" });
  bus.mood = "well";
  letPass();
  await settled();
  expect(log.published()).toBe(3n);
  await publisher.stop();
});

it("publishes again, with the same ids, what was never acknowledged", async () => {
  const { log, bus, publisher, letPass } = start(3, "lose-acks");
  await settled();
  expect(log.published()).toBe(0n);
  bus.mood = "well";
  letPass();
  await settled();
  expect(log.published()).toBe(3n);
  expect(bus.stored.map(({ id }) => id)).toEqual(["id-1", "id-2", "id-3"]);
  await publisher.stop();
});

it("goes on behind what a broker took that took a part", async () => {
  const { log, bus, publisher, pauses, letPass } = start(5, 2);
  await settled();
  expect(log.published()).toBe(2n);
  expect(publisher.trouble()).toMatchObject({ reason: "the disk is full" });
  letPass();
  await settled();
  expect(log.published()).toBe(4n);
  expect(pauses).toEqual([250, 250]); // it gets on, so it does not slow down
  letPass();
  await settled();
  expect(log.published()).toBe(5n);
  expect(bus.stored).toHaveLength(5);
  await publisher.stop();
});

it.each(["hang", "refuse"] as const)(
  "stops at once while the broker would %s, and lets go of the bus",
  async (mood) => {
    const { log, bus, publisher } = start(3, mood);
    await settled();
    await publisher.stop();
    expect(bus.closed).toBe(true);
    expect(log.published()).toBe(0n);
  },
);

it("notes how far it came for many batches at once, and what is left when it stops", async () => {
  const delay = Promise.withResolvers<void>();
  const { log, bus, publisher } = start(1_000, "well", (signal) => {
    signal.addEventListener("abort", () => delay.resolve(), { once: true });
    return delay.promise;
  });
  await expect.poll(() => bus.stored.length).toBe(1_000);
  expect(log.published()).toBe(0n);
  await publisher.stop();
  expect(log.published()).toBe(1_000n);
});

it("lives through a note that the log does not take, and notes it with the next", async () => {
  const { log, bus, publisher } = start(1);
  const { markPublished } = log;
  log.markPublished = () => {
    throw new Error("disk I/O error");
  };
  await settled();
  expect(bus.stored).toHaveLength(1);
  log.markPublished = markPublished;
  log.add(1);
  publisher.wake();
  await settled();
  expect(log.published()).toBe(2n);
  await publisher.stop();
});

it("lives through a log that cannot be read or written, and says so", async () => {
  const { log, publisher, letPass } = start(1, "refuse");
  await settled();
  const read = log.read;
  log.read = () => {
    throw new Error("disk I/O error");
  };
  letPass();
  await settled();
  expect(publisher.trouble()).toMatchObject({ reason: "disk I/O error" });
  log.read = read;
  letPass();
  await settled();
  expect(publisher.trouble()).toMatchObject({ reason: "connection refused" });
  await publisher.stop();
});
