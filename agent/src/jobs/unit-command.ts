import { recordExitScript } from "./exit-record.ts";
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
    // The colon keeps systemd from putting its own values where the script has its variables;
    // the plus runs it as root, whose folder it is, whoever the job runs as.
    `--property=ExecStopPost=:+/bin/sh -c '${recordExitScript}' sh ${folder}`,
    ...Object.entries(job.env).map(([name, value]) => `--setenv=${name}=${value}`),
    "--",
    ...job.argv.map(escapeVariables),
  ];
}

/** A user's own work: whatever it starts gains no more rights than it has, not by sudo either. */
function userProperties({ as }: Job): readonly string[] {
  return as === undefined ? [] : [`--uid=${as.uid}`, `--gid=${as.gid}`, "--property=NoNewPrivileges=yes"];
}

/** systemd puts the values of variables into a service's arguments unless their dollar is doubled: systemd.service(5). */
function escapeVariables(argument: string): string {
  return argument.replaceAll("$", "$$$$");
}
