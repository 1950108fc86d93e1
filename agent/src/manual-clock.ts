import { setImmediate } from "node:timers/promises";
import type { Clock } from "./clock.ts";

/** A clock that stands still until it is told to go on. Chance always gives one half. */
export type ManualClock = Clock & {
  /** Lets so much time pass, waking each sleeper at its own moment. */
  pass(milliseconds: number): Promise<void>;
};

type Sleeper = { readonly at: number; readonly wake: () => void };

/** Makes a clock for tests that starts at zero, on `calendar` milliseconds since 1970. */
export function createManualClock(calendar = 0): ManualClock {
  let now = 0;
  const sleepers = new Set<Sleeper>();

  return {
    now: () => now,
    calendar: () => calendar + now,
    random: () => 0.5,
    sleep(milliseconds, signal) {
      return new Promise((resolve) => {
        const sleeper = { at: now + milliseconds, wake };
        function wake() {
          sleepers.delete(sleeper);
          signal.removeEventListener("abort", wake);
          resolve();
        }
        if (signal.aborted) return resolve();
        sleepers.add(sleeper);
        signal.addEventListener("abort", wake);
      });
    },
    async pass(milliseconds) {
      const end = now + milliseconds;
      await settle();
      for (;;) {
        const next = [...sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        now = next.at;
        next.wake();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}

/** Lets everything run that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
}
