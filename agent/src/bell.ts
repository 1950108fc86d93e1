import type { Clock } from "./clock.ts";

/** Lets one loop wait for a time or for a call, whichever is first. A ring while nobody waits is not lost. */
export type Bell = {
  ring(): void;
  /** Resolves after so many milliseconds, after a ring, or when `signal` is aborted. Never rejects. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
};

/** Makes a bell for one waiter. */
export function createBell(clock: Clock): Bell {
  let rung = new AbortController();
  return {
    ring: () => rung.abort(),
    async wait(milliseconds, signal) {
      await clock.sleep(milliseconds, AbortSignal.any([signal, rung.signal]));
      rung = new AbortController(); // a ring until here is answered by what the waiter does next
    },
  };
}
