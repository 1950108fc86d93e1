import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import type { Clock } from "./clock.ts";

/** The machine's own clock. */
export function createSystemClock(): Clock {
  return {
    now: () => performance.now(),
    calendar: () => Date.now(),
    random: () => Math.random(),
    async sleep(milliseconds, signal) {
      try {
        await setTimeout(milliseconds, undefined, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}
