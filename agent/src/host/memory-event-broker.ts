import { type EventBroker, EventBrokerError, type EventBrokerState } from "./event-broker.ts";

/** How a server in memory stands at first: off, with a program that is new enough, if nothing is said. */
export type MemoryEventBrokerSeed = Partial<EventBrokerState> & {
  readonly version?: string | undefined;
  /** Why it does not start. */
  readonly fault?: string;
};

/** A NATS server that serves nobody. */
export function createMemoryEventBroker(seed: MemoryEventBrokerSeed = {}): EventBroker {
  let state: EventBrokerState = { enabled: seed.enabled ?? false, run: seed.run };
  let starts = 0;
  return {
    version: async () => ("version" in seed ? seed.version : "2.15.1"),
    look: async () => state,
    async judge() {
      if (seed.fault !== undefined) throw new EventBrokerError(seed.fault);
    },
    async start() {
      starts += 1;
      state = { enabled: true, run: `run ${starts}` };
    },
    async reload() {
      if (state.run === undefined) throw new EventBrokerError("cowherd-nats.service: it does not run");
    },
    async stop() {
      state = { enabled: false, run: undefined };
    },
  };
}
