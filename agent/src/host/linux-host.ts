import type { Jobs } from "../jobs/jobs.ts";
import type { Host } from "./host.ts";
import { createLinuxAccounts } from "./linux/accounts.ts";
import { createLinuxFiles } from "./linux/files.ts";
import { createLinuxKeyMaker } from "./linux/key-maker.ts";
import { createLinuxPackages } from "./linux/packages.ts";
import { createLinuxRunningHostname } from "./linux/running-hostname.ts";

/** This machine. Slow work goes through `jobs`; everything else happens in the call. */
export function createLinuxHost({ jobs }: { readonly jobs: Jobs }): Host {
  const root = "";
  return {
    files: createLinuxFiles(root),
    accounts: createLinuxAccounts(root),
    packages: createLinuxPackages({ root, jobs, now: () => performance.now() }),
    runningHostname: createLinuxRunningHostname(),
    keyMaker: createLinuxKeyMaker("/run"), // in memory, and gone with the next boot
  };
}
