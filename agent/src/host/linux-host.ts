import { randomUUID } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import type { Jobs } from "../jobs/jobs.ts";
import { createSystemClock } from "../system-clock.ts";
import type { Host } from "./host.ts";
import { createLinuxAccounts } from "./linux/accounts.ts";
import { createLinuxAddresses } from "./linux/addresses.ts";
import { createLinuxEventBroker } from "./linux/event-broker.ts";
import { createLinuxFiles } from "./linux/files.ts";
import { createLinuxKeyMaker } from "./linux/key-maker.ts";
import { findLockHolder } from "./linux/lock-holder.ts";
import { createLoneProcesses, startChild } from "./linux/lone-process.ts";
import { mostProbesLeft, probeMs } from "./linux/mount-probe.ts";
import { connects, createLinuxMounts } from "./linux/mounts.ts";
import { createLinuxNfsServer } from "./linux/nfs-server.ts";
import { createLinuxPackages } from "./linux/packages.ts";
import { createLinuxPythons } from "./linux/pythons.ts";
import { createLinuxRunningHostname } from "./linux/running-hostname.ts";
import type { Network } from "./network.ts";
import { type CommandEnd, runCommand } from "./run-command.ts";

/** This machine. Slow work goes through `jobs`, changes of the network through `network`; everything else happens in the call. */
export function createLinuxHost({ jobs, network }: { readonly jobs: Jobs; readonly network: Network }): Host {
  const root = "";
  return {
    files: createLinuxFiles(root),
    accounts: createLinuxAccounts(root),
    packages: createLinuxPackages({
      root,
      jobs,
      clock: createSystemClock(),
      lockHolder: () => findLockHolder(root),
    }),
    addresses: createLinuxAddresses(),
    runningHostname: createLinuxRunningHostname(),
    keyMaker: createLinuxKeyMaker("/run"), // in memory, and gone with the next boot
    network,
    nfsServer: createLinuxNfsServer({ run, readText }),
    eventBroker: createLinuxEventBroker({
      run: runCommand,
      readText,
      readLink: (path) => readlink(path).catch(() => undefined),
      connects,
      clock: createSystemClock(),
    }),
    pythons: createLinuxPythons({ jobs, calendar: Date.now }),
    mounts: createLinuxMounts({
      run,
      readText,
      probes: createLoneProcesses(startChild, { timeoutMs: probeMs, mostLeft: mostProbesLeft }),
      connects,
      clock: createSystemClock(),
      probeName: () => `.cowherd-probe-${hostname()}`,
      word: randomUUID,
    }),
  };
}

function run(argv: readonly [string, ...string[]], timeoutMs: number, signal: AbortSignal): Promise<CommandEnd> {
  return runCommand(argv, { timeoutMs }, signal);
}

/** Only for files of root's, of the kernel's and of systemd's. */
async function readText(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
}
