import type { Group, User } from "./accounts.ts";
import type { LiveAddress } from "./addresses.ts";
import type { Access, StoredFile } from "./files.ts";
import type { Host } from "./host.ts";
import { createMemoryAccounts } from "./memory-accounts.ts";
import { createMemoryEventBroker, type MemoryEventBrokerSeed } from "./memory-event-broker.ts";
import { createMemoryFiles } from "./memory-files.ts";
import { createMemoryKeyMaker } from "./memory-key-maker.ts";
import { createMemoryMounts, type MemoryMountsSeed } from "./memory-mounts.ts";
import { createMemoryNetwork, type MemoryNetworkSeed } from "./memory-network.ts";
import { createMemoryNfsServer, type MemoryNfsServerSeed } from "./memory-nfs-server.ts";
import { createMemoryPythons, type MemoryPythonsSeed } from "./memory-pythons.ts";

/** What a memory host starts with. */
export type MemoryHostSeed = {
  /** Files by path: their text, which root then owns with mode 0644, or all of it. Folders on the way are root's. */
  readonly files?: Readonly<Record<string, string | StoredFile>>;
  readonly folders?: Readonly<Record<string, Access>>;
  /** Paths of symbolic links. */
  readonly links?: readonly string[];
  /** Beside root. */
  readonly users?: readonly User[];
  readonly groups?: readonly Group[];
  /** Names of users that a power cut left unfinished. */
  readonly unfinished?: readonly string[];
  readonly installed?: readonly string[];
  readonly hostname?: string;
  readonly network?: MemoryNetworkSeed;
  readonly nfsServer?: MemoryNfsServerSeed;
  readonly eventBroker?: MemoryEventBrokerSeed;
  readonly mounts?: MemoryMountsSeed;
  readonly pythons?: MemoryPythonsSeed;
  readonly addresses?: readonly LiveAddress[];
};

/** A host that lives in memory. It passes the contracts that the real one passes. */
export function createMemoryHost(seed: MemoryHostSeed = {}): Host {
  const files = createMemoryFiles(seed);
  const installed = new Set(seed.installed);
  let hostname = seed.hostname ?? "localhost";
  return {
    files,
    accounts: createMemoryAccounts(seed, files),
    packages: {
      installed: async (names) => new Set(names.filter((name) => installed.has(name))),
      async install(names) {
        for (const name of names) installed.add(name);
      },
    },
    addresses: { read: async () => seed.addresses ?? [] },
    runningHostname: {
      get: async () => hostname,
      async set(name) {
        hostname = name;
      },
    },
    keyMaker: createMemoryKeyMaker(),
    network: createMemoryNetwork(seed.network),
    nfsServer: createMemoryNfsServer(files, seed.nfsServer),
    eventBroker: createMemoryEventBroker(seed.eventBroker),
    mounts: createMemoryMounts(files, seed.mounts),
    pythons: createMemoryPythons(files, seed.pythons),
  };
}
