import type { Follower } from "./follow-status.ts";
import { isRetryable } from "./link-error.ts";
import type { EventQuery, EventText } from "./operator-link.ts";

const firstDelayMs = 500;
const longestDelayMs = 5_000;

/**
 * Yields the events that are wanted for as long as `signal` allows, over restarts of the
 * controller and breaks of the network: each one once, and none left out that is kept still.
 *
 * A controller that is not there at the start is an error. Later on it throws only what asking
 * again cannot mend.
 */
export async function* followEvents(
  { connect, clock, onLost }: Follower,
  query: EventQuery,
  signal: AbortSignal,
): AsyncIterable<EventText> {
  let seen: bigint | undefined;
  let delayMs = firstDelayMs;
  while (!signal.aborted) {
    try {
      using link = await connect();
      const from = seen === undefined ? query : { ...query, after: seen, sinceMs: undefined };
      for await (const { sequence, kept } of link.listEvents(from, signal)) {
        delayMs = firstDelayMs;
        seen = sequence;
        if (kept !== undefined) yield kept;
      }
    } catch (error) {
      if (seen === undefined || !isRetryable(error)) throw error;
      onLost(error);
    }
    await clock.wait(delayMs, signal);
    delayMs = Math.min(2 * delayMs, longestDelayMs);
  }
}
