import { ordinaryPace, type Pace } from "./hostfile/pace.ts";
import { defaultProbeTiming, type ProbeTiming } from "./proofs/probe-timing.ts";

/** Every number that somebody could want to be another one, beside those in cluster.yaml. Times in milliseconds. */
export type Timing = {
  /** A longer gap between two looks at the leases means that we were paused, not the nodes. */
  readonly pauseMs: number;
  /** So much later than it should, a sign of life may come from a node that is well. */
  readonly lateMs: number;
  /** How often the leases are looked over. */
  readonly tickMs: number;
  /** How long a plan waits for the nodes. */
  readonly checkMs: number;
  /** The least between two looks that a watcher of the status is sent: what nodes say of themselves may change at any rate. */
  readonly lookMs: number;
  /** The most between two looks: leases run down and deadlines come nearer with nothing else that changes. */
  readonly refreshMs: number;
  /** How closely hostfiles may follow each other. */
  readonly pace: Pace;
  /** How nodes are proved. */
  readonly probes: ProbeTiming;
};

export const defaultTiming: Timing = {
  pauseMs: 3_000,
  lateMs: 500,
  tickMs: 500,
  checkMs: 45_000, // a node whose shared folder hangs knows after 30 s + 3 s; it and cowctl give up after 60 s
  lookMs: 250,
  refreshMs: 2_000,
  pace: ordinaryPace,
  probes: defaultProbeTiming,
};

/** The product's version. The build writes it in; a run from sources has none. */
export const version = process.env["COWHERD_VERSION"] ?? "0.0.0-sources";
