import type { LeaseTiming } from "./leases/lease-table.ts";
import { defaultProbeTiming, type ProbeTiming } from "./proofs/probe-timing.ts";

/** Every number that somebody could want to be another one. Times in milliseconds. */
export type Timing = LeaseTiming & {
  /** How often a node gives a sign of life. */
  readonly heartbeatMs: number;
  /** How often the leases are looked over. */
  readonly tickMs: number;
  /** How long a plan waits for the nodes. */
  readonly checkMs: number;
  /** The least between two looks that a watcher of the status is sent: what nodes say of themselves may change at any rate. */
  readonly lookMs: number;
  /** How nodes are proved. */
  readonly probes: ProbeTiming;
};

/** A node that is cut off is out of the hostfile within 10 s: 2 + 7 + 0.5, and a moment to write it. */
export const defaultTiming: Timing = {
  heartbeatMs: 2_000,
  leaseMs: 7_000,
  pauseMs: 3_000,
  tickMs: 500,
  checkMs: 45_000, // a node whose shared folder hangs knows after 30 s + 3 s; it and cowctl give up after 60 s
  lookMs: 250,
  probes: defaultProbeTiming,
};

/** The product's version. The build writes it in; a run from sources has none. */
export const version = process.env["COWHERD_VERSION"] ?? "0.0.0-sources";
