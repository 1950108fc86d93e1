import type { Job, JobEnd, Jobs } from "./jobs.ts";

/** What a job wrote so far, and who wants to hear of that. */
type Written = { output: string; readonly hearers: Set<(output: string) => void> };

/** A job that runs or ended. */
type RunningJob = {
  readonly job: Job;
  readonly end: Promise<JobEnd>;
  readonly written: Written;
  hasEnded: boolean;
};

/** The jobs of a machine that lives in memory: they outlast every Jobs that is made over it. */
export type JobWorld = Map<string, RunningJob>;

/**
 * Jobs in memory, over a world that can be shared with a second one, as after a restart.
 *
 * `execute` does the work of a job, and calls `wrote` with each piece that the job writes
 * before its end. It passes the same contract as the real one.
 */
export function createMemoryJobs(
  execute: (job: Job, wrote: (piece: string) => void) => Promise<JobEnd>,
  world: JobWorld = new Map(),
): Jobs {
  function start(job: Job): RunningJob {
    const written: Written = { output: "", hearers: new Set() };
    const end = execute(job, (piece) => {
      written.output += piece;
      for (const heard of written.hearers) heard(written.output);
    });
    const running: RunningJob = { job, end, written, hasEnded: false };
    const mark = () => {
      running.hasEnded = true;
    };
    end.then(mark, mark);
    world.set(job.id, running);
    return running;
  }

  return {
    async run(job, signal, heard = () => {}) {
      signal.throwIfAborted();
      const joined = world.get(job.id);
      const isStale = joined?.hasEnded || (joined !== undefined && JSON.stringify(joined.job) !== JSON.stringify(job));
      const { end: running, written } = joined ?? start(job);
      const left = new Promise<never>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
      written.hearers.add(heard);
      if (written.output !== "") heard(written.output);
      try {
        const end = await Promise.race([running, left]);
        world.delete(job.id);
        return { ...end, ...(isStale && { stale: true }) };
      } finally {
        written.hearers.delete(heard);
      }
    },
  };
}
