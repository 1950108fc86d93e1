import type { Clock } from "../clock.ts";
import type { ControllerLink } from "./controller-link.ts";
import type { LinkLog } from "./link-log.ts";
import { retryDelayMs } from "./retry-delay.ts";

const shortestMs = 200;
const longestMs = 60_000;

/**
 * Gives signs of life until aborted, as often as the controller wishes.
 *
 * Waits for nothing but the link: what the agent does beside it can be slow or hang. `activity` is what it does now.
 */
export async function giveHeartbeats(
  deps: {
    readonly link: Pick<ControllerLink, "heartbeat">;
    activity(): string;
    readonly clock: Clock;
    readonly linkLog: LinkLog;
  },
  signal: AbortSignal,
): Promise<void> {
  const { link, activity, clock, linkLog } = deps;
  let failures = 0;
  while (!signal.aborted) {
    let wait: number;
    try {
      wait = Math.min(Math.max(await link.heartbeat(activity(), signal), shortestMs), longestMs);
      failures = 0;
      linkLog.up();
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      linkLog.down(error);
      wait = retryDelayMs(error, failures, clock.random());
    }
    await clock.sleep(wait, signal);
  }
}
