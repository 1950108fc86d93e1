import type { Clock } from "../clock.ts";
import type { Version } from "../journal/version.ts";
import type { Log } from "../log.ts";
import type { ControllerLink, SessionMessage } from "./controller-link.ts";
import { LinkError } from "./link-error.ts";
import type { LinkLog } from "./link-log.ts";
import { retryDelayMs } from "./retry-delay.ts";

/** A session that was shorter is not taken for a success: two clones of a machine end each other's. */
const steadyMs = 10_000;

/**
 * Keeps a session open until aborted, one after another.
 *
 * Messages are received one at a time, in order. `opened` is called on the first of each session.
 */
export async function keepSession(
  deps: {
    readonly link: Pick<ControllerLink, "session">;
    /** The state that the agent has now. */
    holds(): Version | undefined;
    opened(): void;
    receive(message: SessionMessage, signal: AbortSignal): Promise<void>;
    readonly clock: Clock;
    readonly log: Log;
    readonly linkLog: LinkLog;
  },
  signal: AbortSignal,
): Promise<void> {
  const { link, clock, linkLog } = deps;
  let failures = 0;
  while (!signal.aborted) {
    const from = clock.now();
    let end: unknown;
    try {
      let first = true;
      for await (const message of link.session(deps.holds(), signal)) {
        if (first) deps.opened();
        first = false;
        await deps.receive(message, signal);
      }
      end = new LinkError("the controller ended the session", { failure: "unreachable" });
    } catch (error) {
      if (signal.aborted) return;
      linkLog.down(error);
      end = error;
    }
    failures = clock.now() - from >= steadyMs ? 1 : failures + 1;
    await clock.sleep(retryDelayMs(end, failures, clock.random()), signal);
  }
}
