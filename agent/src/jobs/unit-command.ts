import { exitRecorder } from "./exit-record.ts";
import type { Confinement, Job } from "./jobs.ts";

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
    ...(job.confined === undefined
      ? [`--property=StandardOutput=append:${folder}/output`, "--property=StandardError=inherit"]
      : confinement(job, job.confined)),
    ...(job.input === undefined ? [] : [`--property=StandardInput=file:${folder}/input`]),
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
function userProperties({ as, confined }: Job): readonly string[] {
  if (as === undefined && confined === undefined) return [];
  const user = as === undefined ? ["--property=DynamicUser=yes"] : [`--uid=${as.uid}`, `--gid=${as.gid}`];
  const recordsAsRoot = "--property=PermissionsStartOnly=yes"; // whose folder it is
  return [...user, "--property=NoNewPrivileges=yes", recordsAsRoot];
}

/** What is enough to tell somebody of something, and to write into one's own home where one has one: systemd.exec(5). */
function confinement({ as }: Job, { journalAs, memoryMebibytes, tasks }: Confinement): readonly string[] {
  return [
    "StandardOutput=journal",
    "StandardError=journal",
    `SyslogIdentifier=${journalAs}`,
    `MemoryMax=${memoryMebibytes}M`,
    `TasksMax=${tasks}`,
    "TimeoutStopSec=5", // whoever is asked to end and does not
    "CapabilityBoundingSet=",
    as === undefined ? "ProtectSystem=strict" : "ProtectSystem=full",
    ...(as === undefined ? ["ProtectHome=yes", "PrivateDevices=yes"] : []),
    "PrivateTmp=yes",
    "ProtectKernelTunables=yes",
    "ProtectKernelModules=yes",
    "ProtectControlGroups=yes",
    "RestrictSUIDSGID=yes",
    "RestrictRealtime=yes",
    "LockPersonality=yes",
  ].map((property) => `--property=${property}`);
}

/** systemd puts the values of variables into a service's arguments unless their dollar is doubled: systemd.service(5). */
function escapeVariables(argument: string): string {
  return argument.replaceAll("$", "$$$$");
}
