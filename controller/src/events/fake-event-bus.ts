import type { BusMessage, EventBus } from "./event-bus.ts";

/** A broker in memory, which fails when it is told to. */
export type FakeEventBus = EventBus & {
  /** Every message that it took in, in order, each id once. */
  readonly stored: readonly BusMessage[];
  /** How many calls it had, and how many went on at the same time at most. */
  readonly calls: { count: number; most: number };
  /** "refuse" fails at once, "hang" never answers; "lose-acks" stores, and fails; a number stores so many of each call. */
  mood: "well" | "refuse" | "hang" | "lose-acks" | number;
  readonly closed: boolean;
};

export function createFakeEventBus(): FakeEventBus {
  const stored: BusMessage[] = [];
  const calls = { count: 0, most: 0 };
  let going = 0;
  let closed = false;

  function take(messages: readonly BusMessage[]): void {
    for (const message of messages) if (!stored.some(({ id }) => id === message.id)) stored.push(message);
  }

  const bus: FakeEventBus = {
    stored,
    calls,
    mood: "well",
    get closed() {
      return closed;
    },

    async publish(messages: readonly BusMessage[], signal: AbortSignal) {
      calls.count += 1;
      going += 1;
      calls.most = Math.max(calls.most, going);
      try {
        await Promise.resolve();
        if (bus.mood === "hang") await aborted(signal);
        if (signal.aborted) return { stored: 0, failure: "no answer in time" };
        if (bus.mood === "refuse") return { stored: 0, failure: "connection refused" };
        const most = typeof bus.mood === "number" ? bus.mood : messages.length;
        take(messages.slice(0, most));
        if (bus.mood === "lose-acks") return { stored: 0, failure: "the connection was closed" };
        const left = messages.length > most;
        return { stored: Math.min(most, messages.length), failure: left ? "the disk is full" : undefined };
      } finally {
        going -= 1;
      }
    },

    async close() {
      closed = true;
    },
  };
  return bus;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
}
