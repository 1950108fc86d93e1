import type { Clock } from "../io.ts";
import { isRetryable } from "./link-error.ts";
import type { ClusterStatus, OperatorLink } from "./operator-link.ts";

const firstDelayMs = 500;
const longestDelayMs = 5_000;

export type Follower = {
  readonly connect: () => Promise<OperatorLink>;
  readonly clock: Clock;
  /** Hears of each attempt that failed. */
  readonly onLost: (error: unknown) => void;
};

/**
 * Yields the cluster's status for as long as `signal` allows, over restarts of the
 * controller and breaks of the network. Throws only what asking again cannot mend.
 */
export async function* followStatus(follower: Follower, signal: AbortSignal): AsyncIterable<ClusterStatus> {
  const { connect, clock, onLost } = follower;
  let delayMs = firstDelayMs;
  while (!signal.aborted) {
    try {
      using link = await connect();
      for await (const status of link.watchStatus(signal)) {
        delayMs = firstDelayMs;
        yield status;
      }
    } catch (error) {
      if (!isRetryable(error)) throw error;
      onLost(error);
    }
    await clock.wait(delayMs, signal);
    delayMs = Math.min(2 * delayMs, longestDelayMs);
  }
}
