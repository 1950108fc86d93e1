import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { packageNameProblem } from "@cowherd/proto";
import type { Job, JobEnd, Jobs } from "../../jobs/jobs.ts";
import { InstallError, type Packages } from "../packages.ts";
import { runCommand } from "../run-command.ts";
import { aptFailureReason } from "./apt-failure.ts";

const env = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C.UTF-8",
  DEBIAN_FRONTEND: "noninteractive",
  NEEDRESTART_MODE: "l", // Ubuntu's needrestart lists what to restart and restarts nothing
};

const keepOperatorsFiles = ["-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold"];
const waitForLock = ["-o", "DPkg::Lock::Timeout=300"]; // seconds; unattended-upgrades holds it after each boot

const failWhenOutOfReach = ["-o", "APT::Update::Error-Mode=any"]; // else an update that reached nobody ends in 0

/** A package that the mirror lacks is asked for again and again; new lists are no oftener of use than this. */
const listsServeMs = 3_600_000;

/** What the adapter stands on. */
export type LinuxPackagesDeps = {
  readonly root: string;
  readonly jobs: Jobs;
  /** Milliseconds since some fixed moment, never going back. */
  now(): number;
};

/** Packages below `root`, read with dpkg-query and installed with apt-get in jobs that outlive the agent. */
export function createLinuxPackages({ root, jobs, now }: LinuxPackagesDeps): Packages {
  let updatedAt = Number.NEGATIVE_INFINITY;

  const aptGet = (id: string, args: readonly string[], signal: AbortSignal): Promise<JobEnd> => {
    const job: Job = {
      id,
      env,
      argv: ["/usr/bin/apt-get", "-q", "-y", ...waitForLock, ...keepOperatorsFiles, ...args],
    };
    return jobs.run(job, signal);
  };

  const finishInterrupted = async (signal: AbortSignal) => {
    const argv = ["/usr/bin/dpkg", "--force-confdef", "--force-confold", "--configure", "-a"] as const;
    await jobs.run({ id: "dpkg-configure", argv: [...argv], env }, signal); // if it fails, apt says so in better words
  };

  return {
    async installed(names, signal) {
      if (names.length === 0) return new Set();
      const query = [
        "--show",
        "--showformat",
        "${db:Status-Status} ${Package}\\n",
        "--",
        ...names.map(refusePattern),
      ] as const;
      const { exitCode, stdout, stderr } = await runCommand(
        ["dpkg-query", `--admindir=${root}/var/lib/dpkg`, ...query],
        { timeoutMs: 30_000 },
        signal,
      );
      if (exitCode > 1) throw new InstallError(`dpkg-query: ${stderr.trim().split("\n").at(0)}`); // 1: some are unknown
      return new Set([...stdout.matchAll(/^installed (\S+)$/gm)].flatMap(([, name]) => name ?? []));
    },

    async install(names, signal) {
      const id = `apt-install-${createHash("sha256").update(names.join(" ")).digest("hex").slice(0, 12)}`;
      const install = () =>
        aptGet(id, ["install", "--no-remove", "--no-install-recommends", "--", ...names.map(refusePattern)], signal);
      const update = async () => {
        const end = await aptGet("apt-update", [...failWhenOutOfReach, "update"], signal);
        if (end.exitCode === 0) updatedAt = now();
        return end;
      };

      if (await wasInterrupted(root)) await finishInterrupted(signal);
      let updated = (await hasPackageLists(root)) ? undefined : await update();
      let end = await install();
      if (end.exitCode !== 0 && updated === undefined && now() - updatedAt >= listsServeMs) {
        updated = await update(); // the lists may be too old to name what the mirror still has
        end = await install();
      }
      if (end.exitCode === 0) return;
      const reasons = [`apt-get install: ${aptFailureReason(end.output)}`];
      if (updated !== undefined && updated.exitCode !== 0)
        reasons.push(`apt-get update: ${aptFailureReason(updated.output)}`);
      throw new InstallError(reasons.join("; "));
    },
  };
}

/** dpkg-query and apt-get take patterns, versions and a "-" for removal where a name should be. */
function refusePattern(name: string): string {
  if (packageNameProblem(name) !== undefined) throw new InstallError(`${JSON.stringify(name)} is not a package name`);
  return name;
}

async function hasPackageLists(root: string): Promise<boolean> {
  return (await entriesOf(`${root}/var/lib/apt/lists`)).some((name) => name.includes("_Packages"));
}

/** A power cut amid an installation leaves numbered journals, and apt-get then refuses all work. */
async function wasInterrupted(root: string): Promise<boolean> {
  return (await entriesOf(`${root}/var/lib/dpkg/updates`)).some((name) => /^\d+$/.test(name));
}

function entriesOf(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []); // absent on a machine that never used it
}
