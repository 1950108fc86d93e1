import type { Jobs } from "./jobs.ts";

/** Jobs that know whether somebody waits for one. */
export type AwaitedJobs = { readonly jobs: Jobs; isAwaited(): boolean };

/** Counts who waits for a job: to leave them waiting in vain does no harm, since the job goes on and is joined again. */
export function createAwaitedJobs(inner: Jobs): AwaitedJobs {
  let waiting = 0;
  return {
    jobs: {
      async run(job, signal, heard) {
        waiting += 1;
        try {
          return await inner.run(job, signal, heard);
        } finally {
          waiting -= 1;
        }
      },
    },
    isAwaited: () => waiting > 0,
  };
}
