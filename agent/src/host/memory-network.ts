import { setImmediate } from "node:timers/promises";
import { createKeptLog } from "../kept-log.ts";
import { createNetworkKeeper } from "../network/keeper.ts";
import { createNetworkJournal } from "../network/network-journal.ts";
import { createMemoryFiles } from "./memory-files.ts";
import { createMemoryNetplan, type MemoryNetplanSeed } from "./memory-netplan.ts";
import type { Network } from "./network.ts";

/** What a network in memory starts with. */
export type MemoryNetworkSeed = MemoryNetplanSeed & {
  /** Whether the controller is reached over a new configuration. It is if absent. */
  readonly reachable?: boolean;
};

/** A network in memory: the real keeper over a netplan in memory. Its clock goes on where somebody sleeps. */
export function createMemoryNetwork(seed: MemoryNetworkSeed = {}): Network {
  let uptimeMs = 1_000;
  const stateFolder = "/var/lib/cowherd/agent";
  const owner = { mode: 0o700, uid: 0, gid: 0 };
  return createNetworkKeeper(
    {
      netplan: createMemoryNetplan(seed),
      journal: createNetworkJournal({
        files: createMemoryFiles({ folders: { [stateFolder]: owner } }),
        stateFolder,
        owner,
      }),
      controller: { reach: async () => seed.reachable ?? true },
      moment: async () => ({ bootId: "boot-1", uptimeMs, calendarMs: uptimeMs }),
      async sleep(milliseconds) {
        uptimeMs += milliseconds;
        await setImmediate();
      },
      newId: () => "a1",
      log: createKeptLog(),
    },
    new AbortController().signal,
  );
}
