import { createBell } from "../bell.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { LinkError } from "./link-error.ts";
import { retryDelayMs } from "./retry-delay.ts";

/**
 * Brings the newest value of a kind to the controller, at least once.
 *
 * A value waits until it was taken or a newer one replaced it: memory is bounded, however
 * long the controller is away.
 */
export type NewestReport<Value> = {
  put(value: Value): void;
  /** Says that the controller may be there again. */
  hurry(): void;
  /** Reports until aborted. */
  run(signal: AbortSignal): Promise<void>;
};

/** Makes a report that has nothing to tell yet. `what` names it in the log. */
export function createNewestReport<Value>(deps: {
  readonly what: string;
  send(value: Value, signal: AbortSignal): Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}): NewestReport<Value> {
  const { what, send, clock, log } = deps;
  const bell = createBell(clock);
  let waiting: { readonly value: Value } | undefined;

  async function sendOne(failures: number, signal: AbortSignal): Promise<number> {
    const sent = waiting;
    if (sent === undefined) return failures;
    try {
      await send(sent.value, signal);
      if (waiting === sent) waiting = undefined;
      return 0;
    } catch (error) {
      if (signal.aborted) return failures;
      if (error instanceof LinkError && error.failure === "refused") {
        log.error({ cause: error.message, reason: error.reason }, `the controller refused the ${what}`);
        if (waiting === sent) waiting = undefined; // the same would be refused again
        return 0;
      }
      await bell.wait(retryDelayMs(error, failures + 1, clock.random()), signal);
      return failures + 1;
    }
  }

  return {
    put(value) {
      waiting = { value };
      bell.ring();
    },
    hurry: () => bell.ring(),
    async run(signal) {
      let failures = 0;
      while (!signal.aborted) {
        if (waiting === undefined) await bell.wait(Number.POSITIVE_INFINITY, signal);
        else failures = await sendOne(failures, signal);
      }
    },
  };
}
