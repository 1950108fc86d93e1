/** How evidence is asked for. Times in milliseconds. */
export type ProbeTiming = {
  /** How old the proofs of a ready node may grow before they are made anew. */
  readonly renewMs: number;
  /** How long after a failure it is asked again; doubled with each further one, up to the most. */
  readonly retryMs: number;
  readonly mostRetryMs: number;
  /** How long the program of two ranks may take. */
  readonly messageMs: number;
  /** How long a whole launch probe may take. */
  readonly launchMs: number;
  /** How long any other probe may take. */
  readonly answerMs: number;
  /** How many launch probes the primary is given at a time: each starts ranks there. */
  readonly mostLaunches: number;
};

/**
 * An agent bounds each step of a probe itself; what it is given here is for all of them at their
 * slowest, and for the way. Two ranks hear each other within a second on a machine at rest, and
 * within half a minute on emulated ones that start; a network that swallows what MPI sends, for ever.
 * An NFS server that was just started is waited for as well, for two minutes at most.
 */
export const defaultProbeTiming: ProbeTiming = {
  renewMs: 300_000,
  retryMs: 5_000,
  mostRetryMs: 60_000,
  messageMs: 60_000,
  launchMs: 330_000,
  answerMs: 30_000,
  mostLaunches: 2,
};
