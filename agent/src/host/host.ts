import type { Accounts } from "./accounts.ts";
import type { Addresses } from "./addresses.ts";
import type { EventBroker } from "./event-broker.ts";
import type { Files } from "./files.ts";
import type { KeyMaker } from "./key-maker.ts";
import type { Mounts } from "./mounts.ts";
import type { Network } from "./network.ts";
import type { NfsServer } from "./nfs-server.ts";
import type { Packages } from "./packages.ts";
import type { Pythons } from "./pythons.ts";
import type { RunningHostname } from "./running-hostname.ts";

/** The parts of an operating system that resources may touch. */
export interface Host {
  readonly files: Files;
  readonly accounts: Accounts;
  readonly packages: Packages;
  readonly addresses: Addresses;
  readonly runningHostname: RunningHostname;
  readonly keyMaker: KeyMaker;
  readonly network: Network;
  readonly nfsServer: NfsServer;
  readonly eventBroker: EventBroker;
  readonly mounts: Mounts;
  readonly pythons: Pythons;
}
