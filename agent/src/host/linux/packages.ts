import { readdir, stat } from "node:fs/promises";
import { packageNameProblem } from "@cowherd/proto";
import type { Clock } from "../../clock.ts";
import { type Job, type JobEnd, JobLostError, type Jobs } from "../../jobs/jobs.ts";
import { InstallError, type Packages } from "../packages.ts";
import type { Progress } from "../progress.ts";
import { runCommand } from "../run-command.ts";
import { aptFailureReason } from "./apt-failure.ts";
import { configureJob, fixBrokenJob, installJob, updateJob } from "./apt-job.ts";
import { aptProgress, type LockHolder, waitingFor } from "./apt-progress.ts";

/** A package that the mirror lacks is asked for again and again; new lists are no oftener of use than this. */
const listsServeMs = 3_600_000;

/** Lists that are older name packages which the mirror has replaced. */
const listsOldMs = 24 * listsServeMs;

/** unattended-upgrades holds the lock for minutes after each boot. */
const lockWaitMs = 300_000;
const lookAgainMs = 1_000;

/** An end for people whose machine needs one. */
const byHand = "to repair it by hand: dpkg --configure -a && apt-get --fix-broken install";

/** What the adapter stands on. */
export type LinuxPackagesDeps = {
  readonly root: string;
  readonly jobs: Jobs;
  readonly clock: Clock;
  /** Finds a process that holds a lock which apt needs; a job of the agent's only where nobody else does. */
  lockHolder(): Promise<LockHolder | undefined>;
};

/** One installation: what to do with it, and whom to tell. */
type Installation = { readonly names: readonly string[]; readonly signal: AbortSignal; readonly progress: Progress };

/** What dpkg said of names while its database was the one of the stamp. */
type Answers = { readonly stamp: string | undefined; readonly byName: Map<string, boolean> };

/** Packages below `root`, read with dpkg-query and installed with apt-get in jobs that outlive the agent. */
export function createLinuxPackages({ root, jobs, clock, lockHolder }: LinuxPackagesDeps): Packages {
  let updatedAt = Number.NEGATIVE_INFINITY;
  let answers: Answers = { stamp: undefined, byName: new Map() };

  async function installed(names: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const stamp = await databaseStamp(root); // before the question, so that an answer is never older than its stamp
    if (stamp === undefined || stamp !== answers.stamp) answers = { stamp, byName: new Map() };
    const { byName } = answers;
    const unasked = names.map(refusePattern).filter((name) => !byName.has(name));
    if (unasked.length > 0) {
      const found = await query(unasked, signal);
      for (const name of unasked) byName.set(name, found.has(name));
    }
    return new Set(names.filter((name) => byName.get(name) === true));
  }

  async function query(names: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const format = ["--show", "--showformat", "${db:Status-Status} ${Package}\\n", "--", ...names];
    const { exitCode, stdout, stderr } = await runCommand(
      ["dpkg-query", `--admindir=${root}/var/lib/dpkg`, ...format],
      { timeoutMs: 30_000 },
      signal,
    );
    if (exitCode > 1) throw new InstallError(`dpkg-query: ${stderr.trim().split("\n").at(0)}`); // 1: some are unknown
    return new Set([...stdout.matchAll(/^installed (\S+)$/gm)].flatMap(([, name]) => name ?? []));
  }

  /**
   * Waits for others, who would make apt fail or dpkg look as if it were interrupted. Tells whether a
   * job of ours is at work, which looks so too: one that an agent before us started, or an older state asked for.
   */
  async function waitForOthers({ signal, progress }: Installation): Promise<{ readonly oursIsAtWork: boolean }> {
    const until = clock.now() + lockWaitMs;
    for (;;) {
      const holder = await lockHolder();
      if (holder === undefined || holder.own) return { oursIsAtWork: holder !== undefined };
      const { name, pid, lock } = holder;
      if (clock.now() >= until)
        throw new InstallError(`${name} (process ${pid}) held ${lock} for ${lockWaitMs / 60_000} minutes`);
      progress(waitingFor(holder));
      await clock.sleep(lookAgainMs, signal);
      signal.throwIfAborted();
    }
  }

  async function perform(job: Job, installation: Installation): Promise<JobEnd> {
    await waitForOthers(installation);
    const { signal, progress } = installation;
    const run = () =>
      jobs.run(job, signal, (output) => {
        const text = aptProgress(output);
        if (text !== undefined) progress(text);
      });
    return run().catch((error: unknown) => {
      if (error instanceof JobLostError) return run(); // a power cut ended it, and this is the next boot
      throw error;
    });
  }

  async function repair(installation: Installation): Promise<void> {
    installation.progress("repairing an interrupted installation");
    await perform(configureJob, installation); // where it fails, what follows says why in better words
  }

  async function update(installation: Installation): Promise<JobEnd> {
    installation.progress("refreshing the package lists");
    const end = await perform(updateJob, installation);
    if (end.exitCode === 0) updatedAt = clock.now();
    return end;
  }

  /** Makes the attempts that can help: with what is known, once repaired, and with new lists. */
  async function attempt(installation: Installation): Promise<readonly string[]> {
    const { names, signal } = installation;
    const missingNow = async () => {
      const present = await installed(names, signal);
      return names.filter((name) => !present.has(name));
    };
    const install = async (): Promise<JobEnd> => {
      const end = await perform(installJob(names, await missingNow()), installation);
      if (end.exitCode === 0 || (await missingNow()).length > 0) return end;
      return { ...end, exitCode: 0 }; // somebody else's package cannot be configured, which fails every apt-get
    };

    const { oursIsAtWork } = await waitForOthers(installation); // the journals of a living one are no interruption
    if (!oursIsAtWork && (await wasInterrupted(root))) await repair(installation);
    const mayUpdate = () => clock.now() - updatedAt >= listsServeMs;
    const ageMs = await listsAgeMs(root, clock.calendar());
    let updated = ageMs === undefined || (ageMs > listsOldMs && mayUpdate()) ? await update(installation) : undefined;
    let end = await install();
    if (isBroken(end)) {
      await repair(installation);
      await perform(fixBrokenJob, installation);
      end = await install();
    }
    if (end.exitCode !== 0 && updated === undefined && mayUpdate()) {
      updated = await update(installation); // the lists may be too old to name what the mirror still has
      end = await install();
    }
    if (end.exitCode === 0) return [];
    const reasons = [`apt-get install: ${aptFailureReason(end.output)}`];
    if (updated !== undefined && updated.exitCode !== 0)
      reasons.push(`apt-get update: ${aptFailureReason(updated.output)}`);
    if (isBroken(end)) reasons.push(byHand);
    return reasons;
  }

  return {
    installed,

    async install(names, signal, progress = () => {}) {
      for (const name of names) refusePattern(name);
      const installation: Installation = { names, signal, progress };
      // The end of a job may be that of an earlier one, which nobody waited for: so once more.
      for (let round = 0; round < 2; round += 1) {
        const reasons = await attempt(installation);
        if (reasons.length > 0) throw new InstallError(reasons.join("; "));
        const present = await installed(names, signal);
        if (names.every((name) => present.has(name))) return;
      }
    },
  };
}

/** dpkg-query and apt-get take patterns, versions and a "-" for removal where a name should be. */
function refusePattern(name: string): string {
  if (packageNameProblem(name) !== undefined) throw new InstallError(`${JSON.stringify(name)} is not a package name`);
  return name;
}

/** A power cut amid an installation can leave packages without what they depend on. */
function isBroken({ exitCode, output }: JobEnd): boolean {
  return exitCode !== 0 && /dpkg was interrupted|fix-broken install/.test(output);
}

/**
 * Tells one state of dpkg's database from another; undefined where there is none. dpkg replaces
 * the file of it by a new one, and until then keeps what it does in a folder of journals.
 */
async function databaseStamp(root: string): Promise<string | undefined> {
  const places = [`${root}/var/lib/dpkg/status`, `${root}/var/lib/dpkg/updates`];
  const [status, updates] = await Promise.all(
    places.map((place) => stat(place, { bigint: true }).catch(() => undefined)), // another program's, which may lack it
  );
  return status && `${status.ino} ${status.size} ${status.mtimeNs} ${status.ctimeNs} ${updates?.mtimeNs}`;
}

/** How long ago apt last got package lists; undefined where there are none. */
async function listsAgeMs(root: string, now: number): Promise<number | undefined> {
  const lists = `${root}/var/lib/apt/lists`;
  if (!(await entriesOf(lists)).some((name) => name.includes("_Packages"))) return undefined;
  const times = await Promise.all([lists, `${lists}/partial`].map((path) => stat(path).catch(() => undefined)));
  return now - Math.max(...times.map((entry) => entry?.mtimeMs ?? 0)); // a file's own time is the mirror's
}

/** A power cut amid an installation leaves numbered journals, and apt-get then refuses all work. */
async function wasInterrupted(root: string): Promise<boolean> {
  return (await entriesOf(`${root}/var/lib/dpkg/updates`)).some((name) => /^\d+$/.test(name));
}

function entriesOf(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []); // absent on a machine that never used it
}
