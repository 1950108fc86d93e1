import type { Job, JobEnd, Jobs } from "./jobs.ts";

/** The jobs of a machine that lives in memory: they outlast every Jobs that is made over it. */
export type JobWorld = Map<string, Promise<JobEnd>>;

/**
 * Jobs in memory, over a world that can be shared with a second one, as after a restart.
 *
 * `execute` does the work of a job. It passes the same contract as the real one.
 */
export function createMemoryJobs(execute: (job: Job) => Promise<JobEnd>, world: JobWorld = new Map()): Jobs {
  return {
    async run(job, signal) {
      signal.throwIfAborted();
      const running = world.get(job.id) ?? execute(job);
      world.set(job.id, running);
      const left = new Promise<never>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
      const end = await Promise.race([running, left]);
      world.delete(job.id);
      return end;
    },
  };
}
