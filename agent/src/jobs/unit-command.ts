import { exitRecorder } from "./exit-record.ts";
import type { Job } from "./jobs.ts";

/**
 * Jobs have a slice of their own beside the agent's, so that no limit of the agent's holds
 * for them. No dash in it: that would make it a part of another slice.
 */
export const jobsSlice = "cowherdjobs.slice";

/** Names the unit of a job. */
export function unitOf(id: string): string {
  return `cowherd-job-${id}.service`;
}

/** Returns the systemd-run command that starts a job whose folder is `folder`. Pure. */
export function startCommand(job: Job, folder: string): readonly [string, ...string[]] {
  return [
    "systemd-run",
    `--unit=${unitOf(job.id)}`,
    `--description=Cowherd job ${job.id}`,
    `--slice=${jobsSlice}`,
    "--collect",
    "--quiet",
    "--no-ask-password",
    "--service-type=exec",
    `--property=StandardOutput=append:${folder}/output`,
    "--property=StandardError=inherit",
    ...userProperties(job),
    ...(job.gentle === true ? ["--nice=10", "--property=IOSchedulingPriority=7"] : []),
    ...(job.maxSeconds === undefined ? [] : [`--property=RuntimeMaxSec=${job.maxSeconds}`]),
    // Plain words only: at a daemon-reload, such as netplan's or apt's, systemd 252 reads the unit again as it wrote it,
    // and then knows neither dollars nor the prefixes ":" and "+"; no exit code would be left.
    `--property=ExecStopPost=/bin/sh ${folder}/${exitRecorder} ${folder}`,
    ...Object.entries(job.env).map(([name, value]) => `--setenv=${name}=${value}`),
    "--",
    ...job.argv.map(escapeVariables),
  ];
}

/** A user's own work: whatever it starts gains no more rights than it has, not by sudo either. */
function userProperties({ as }: Job): readonly string[] {
  if (as === undefined) return [];
  const recordsAsRoot = "--property=PermissionsStartOnly=yes"; // whose folder it is
  return [`--uid=${as.uid}`, `--gid=${as.gid}`, "--property=NoNewPrivileges=yes", recordsAsRoot];
}

/** systemd puts the values of variables into a service's arguments unless their dollar is doubled: systemd.service(5). */
function escapeVariables(argument: string): string {
  return argument.replaceAll("$", "$$$$");
}
