import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import type { Clock } from "./clock.ts";

/** Node's timers turn what is longer into a millisecond. Every sleeper looks again when it wakes. */
const longestMs = 2 ** 31 - 1;

/** The machine's own clock. */
export function createSystemClock(): Clock {
  return {
    now: () => performance.now(),
    calendar: () => Date.now(),
    random: () => Math.random(),
    async sleep(milliseconds, signal) {
      try {
        await setTimeout(Math.min(milliseconds, longestMs), undefined, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}
