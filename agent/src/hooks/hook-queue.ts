import type { HookRequest } from "@cowherd/proto";
import type { Log } from "../log.ts";
import type { RunHook } from "./run-hook.ts";

const mostAtOnce = 2;
const mostWaiting = 16;

/** How many ends are remembered, for a controller that asks again since it did not hear. */
const mostRemembered = 32;

/**
 * Runs hooks beside everything else, in the order in which they were asked for.
 *
 * Invariants: no more run at once than `mostAtOnce`; what is asked for again, under the same
 * id, is answered again and not run again, as long as it is remembered.
 */
export type HookQueue = {
  /** Takes a request on. Never rejects; too many at once are left unanswered. The signal outlives a session. */
  ask(request: HookRequest, signal: AbortSignal): void;
};

/** Makes an empty queue. */
export function createHookQueue(deps: {
  readonly run: RunHook;
  answer(id: string, failure: string | undefined, signal: AbortSignal): Promise<void>;
  readonly log: Log;
}): HookQueue {
  const { run, answer, log } = deps;
  const waiting: (() => Promise<void>)[] = [];
  const known = new Map<string, Promise<string | undefined>>();
  let going = 0;

  function startNext(): void {
    const next = going < mostAtOnce ? waiting.shift() : undefined;
    if (next === undefined) return;
    going += 1;
    void next().finally(() => {
      going -= 1;
      startNext();
    });
  }

  function begin(request: HookRequest, signal: AbortSignal): Promise<string | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    waiting.push(() => run(request, signal).then(resolve, reject));
    known.set(request.id, promise);
    for (const id of known.keys()) if (known.size > mostRemembered) known.delete(id);
    startNext();
    return promise;
  }

  async function serve(request: HookRequest, signal: AbortSignal): Promise<void> {
    const { id, hook } = request;
    try {
      const failure = await (known.get(id) ?? begin(request, signal));
      if (failure === undefined) log.info({ hook, event: id }, "hook ended");
      else log.warn({ hook, event: id, failure }, "hook failed");
      await answer(id, failure, signal);
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error, hook, event: id }, "hook not answered"); // the controller asks again
    }
  }

  return {
    ask(request, signal) {
      if (!known.has(request.id) && waiting.length >= mostWaiting)
        return log.warn({ hook: request.hook, event: request.id }, "too many hooks at once");
      void serve(request, signal);
    },
  };
}
