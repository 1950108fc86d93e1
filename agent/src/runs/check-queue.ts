import type { Outcome, ResourceSpec } from "@cowherd/proto";
import type { Log } from "../log.ts";

const maxWaiting = 8;
const checkMs = 60_000;

/** Answers checks one after another, beside the runs: a check changes nothing, so it need not wait for one. */
export type CheckQueue = {
  /** Takes a check on. Never rejects; too many at once are left unanswered. */
  ask(id: string, resources: readonly ResourceSpec[], signal: AbortSignal): void;
};

/** Makes an empty queue. */
export function createCheckQueue(deps: {
  /** Looks at the host and changes nothing. */
  check(resources: readonly ResourceSpec[], signal: AbortSignal): Promise<readonly Outcome[]>;
  answer(id: string, outcomes: readonly Outcome[], signal: AbortSignal): Promise<void>;
  readonly log: Log;
}): CheckQueue {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;

  async function serve(id: string, resources: readonly ResourceSpec[], signal: AbortSignal): Promise<void> {
    try {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(checkMs)]);
      await deps.answer(id, await deps.check(resources, bounded), bounded);
    } catch (error) {
      if (!signal.aborted) deps.log.warn({ err: error, check: id }, "check not answered"); // the controller asks again
    } finally {
      waiting -= 1;
    }
  }

  return {
    ask(id, resources, signal) {
      if (waiting >= maxWaiting) return deps.log.warn({ check: id }, "too many checks at once");
      waiting += 1;
      last = last.then(() => serve(id, resources, signal));
    },
  };
}
