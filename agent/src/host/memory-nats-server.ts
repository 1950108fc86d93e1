import { type NatsServer, NatsServerError, type NatsServerState } from "./nats-server.ts";

/** How a server in memory stands at first: off, with a program that is new enough, if nothing is said. */
export type MemoryNatsServerSeed = Partial<NatsServerState> & {
  readonly version?: string | undefined;
  /** Why it does not start. */
  readonly fault?: string;
};

/** A NATS server that serves nobody. */
export function createMemoryNatsServer(seed: MemoryNatsServerSeed = {}): NatsServer {
  let state: NatsServerState = { enabled: seed.enabled ?? false, run: seed.run };
  let starts = 0;
  return {
    version: async () => ("version" in seed ? seed.version : "2.15.1"),
    look: async () => state,
    async judge() {
      if (seed.fault !== undefined) throw new NatsServerError(seed.fault);
    },
    async start() {
      starts += 1;
      state = { enabled: true, run: `run ${starts}` };
    },
    async reload() {
      if (state.run === undefined) throw new NatsServerError("cowherd-nats.service: it does not run");
    },
    async stop() {
      state = { enabled: false, run: undefined };
    },
  };
}
