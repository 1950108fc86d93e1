import { createSystemdJobs } from "../../jobs/systemd-jobs.ts";
import { createSystemClock } from "../../system-clock.ts";
import { requireCommand } from "../run-command.ts";
import { findLockHolder } from "./lock-holder.ts";
import { createLinuxPackages } from "./packages.ts";

// Installs the packages that it is given as the agent does, and writes what it does in a line each.

const root = "";
const packages = createLinuxPackages({
  root,
  clock: createSystemClock(),
  lockHolder: () => findLockHolder(root),
  jobs: createSystemdJobs({
    folder: "/var/lib/cowherd/agent/jobs",
    transientUnits: "/run/systemd/transient",
    execute: async (argv, signal) => void (await requireCommand(argv, { timeoutMs: 60_000 }, signal)),
  }),
});
const over = AbortSignal.timeout(120_000);
try {
  await packages.install(process.argv.slice(2), over, (text) => process.stdout.write(`${text}\n`));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
