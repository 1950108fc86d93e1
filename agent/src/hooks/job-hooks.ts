import {
  type HookRequest,
  hookNameProblem,
  hookUserProblem,
  largestHookEvent,
  longestHookSeconds,
} from "@cowherd/proto";
import type { Clock } from "../clock.ts";
import type { User } from "../host/accounts.ts";
import type { Job, JobEnd, Jobs } from "../jobs/jobs.ts";
import { failureReason } from "../resources/failure-reason.ts";
import { hookPlaceProblem } from "./hook-place.ts";
import type { RunHook } from "./run-hook.ts";

export type JobHooksDeps = {
  /** Where hooks lie, and the number of the one user who may put them there. */
  readonly folder: string;
  readonly owner: number;
  readonly jobs: Jobs;
  account(name: string): Promise<User | undefined>;
  /** The last lines that a confined job wrote into the journal. */
  lastLines(job: Job, signal: AbortSignal): Promise<readonly string[]>;
  readonly clock: Pick<Clock, "now">;
};

/** The bounds of a hook: a script that tells somebody of something needs a tenth of them. */
const memoryMebibytes = 256;
const tasks = 64;

const environment = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C.UTF-8" };

/** Runs hooks as jobs: each in a unit of its own, which outlives the agent and is joined again after its restart. */
export function createJobHooks(deps: JobHooksDeps): RunHook {
  const { folder, owner, jobs, account, lastLines, clock } = deps;

  async function run(request: HookRequest, signal: AbortSignal): Promise<string | undefined> {
    const { hook, user: name } = request;
    const problem = requestProblem(request) ?? (await hookPlaceProblem(folder, hook, owner));
    if (problem !== undefined) return problem;
    const user = name === undefined ? undefined : await account(name);
    if (name !== undefined && user === undefined) return `there is no user ${name} on the primary`;
    if (user?.uid === 0) return `${name} is another name of root's: name another user, or none`;
    const job = hookJob(request, `${folder}/${hook}`, user);
    const from = clock.now();
    const end = await jobs.run(job, signal);
    if (end.exitCode === 0) return undefined;
    const lines = await lastLines(job, signal).catch(() => []); // the failure itself is worth more than its words
    return [endInWords(end, request, clock.now() - from), ...lines].join(": ");
  }

  return async (request, signal) => {
    try {
      const failure = await run(request, signal);
      return failure === undefined ? undefined : failureReason(failure);
    } catch (error) {
      signal.throwIfAborted();
      return failureReason(error);
    }
  };
}

/** The controller checked it all: this is for one that somebody got hold of. */
function requestProblem({ id, hook, event, seconds, user }: HookRequest): string | undefined {
  const problem = hookNameProblem(hook);
  if (problem !== undefined) return `${JSON.stringify(hook)} ${problem}`;
  if (user !== undefined && hookUserProblem(user) !== undefined)
    return `${JSON.stringify(user)} ${hookUserProblem(user)}`;
  if (!/^[A-Za-z0-9._-]{1,128}$/.test(id)) return `${JSON.stringify(id)} is no id of a hook's run`;
  if (seconds < 1 || seconds > longestHookSeconds) return `${seconds} seconds are not from 1 to ${longestHookSeconds}`;
  const size = Buffer.byteLength(event);
  return size > largestHookEvent ? `an event of ${size} bytes is too large for a hook` : undefined;
}

/** Says which job a request is for a program at `path`; as nobody in particular where there is no user. */
export function hookJob({ id, hook, event, seconds }: HookRequest, path: string, user: User | undefined): Job {
  return {
    id: `hook-${id}`,
    argv: [path],
    env: environment,
    input: event,
    ...(user !== undefined && { as: { uid: user.uid, gid: user.gid } }),
    maxSeconds: seconds,
    confined: { journalAs: `cowherd-hook-${hook}`, memoryMebibytes, tasks },
  };
}

function endInWords({ exitCode }: JobEnd, { seconds }: HookRequest, tookMs: number): string {
  if (exitCode <= 128) return `exit code ${exitCode}`;
  return tookMs >= seconds * 1_000 ? `no end within ${seconds} s` : `ended by signal ${exitCode - 128}`;
}
