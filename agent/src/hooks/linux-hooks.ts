import { hooksFolder } from "@cowherd/proto";
import type { Clock } from "../clock.ts";
import { userNamed } from "../host/account-book.ts";
import { createLinuxAccounts } from "../host/linux/accounts.ts";
import { requireCommand } from "../host/run-command.ts";
import type { Job, Jobs } from "../jobs/jobs.ts";
import { createJobHooks } from "./job-hooks.ts";
import { lastLinesCommand } from "./last-lines.ts";
import type { RunHook } from "./run-hook.ts";

const rootsNumber = 0;
const journalMs = 5_000;

/** Runs the hooks of this machine. Nothing is started but for a hook; of one that failed, the journal is asked for its words. */
export function createLinuxHooks({ jobs, clock }: { readonly jobs: Jobs; readonly clock: Clock }): RunHook {
  const accounts = createLinuxAccounts("");
  return createJobHooks({
    folder: hooksFolder,
    owner: rootsNumber,
    jobs,
    account: async (name) => userNamed(await accounts.read(), name),
    lastLines,
    clock,
  });
}

async function lastLines(job: Job, signal: AbortSignal): Promise<readonly string[]> {
  await requireCommand(["journalctl", "--sync"], { timeoutMs: journalMs }, signal); // what it wrote last is under way
  const text = await requireCommand(lastLinesCommand(job), { timeoutMs: journalMs }, signal);
  return text.split("\n").filter((line) => line.trim() !== "");
}
