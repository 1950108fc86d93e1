import type { Clock } from "../clock.ts";
import type { ControllerLink } from "./controller-link.ts";
import type { LinkLog } from "./link-log.ts";
import type { RankCount } from "./rank-count.ts";
import { retryDelayMs } from "./retry-delay.ts";

const shortestMs = 200;
const longestMs = 60_000;

/**
 * Gives signs of life until aborted, as often as the controller wishes.
 *
 * Waits for nothing but the link: what the agent does beside it can be slow or hang, and so can
 * the count of ranks, which is told once it is there. Nothing is counted unless the controller
 * asks. `activity` is what the agent does now.
 */
export async function giveHeartbeats(
  deps: {
    readonly link: Pick<ControllerLink, "heartbeat">;
    activity(): string;
    readonly ranks: RankCount;
    readonly clock: Clock;
    readonly linkLog: LinkLog;
  },
  signal: AbortSignal,
): Promise<void> {
  const { link, activity, ranks, clock, linkLog } = deps;
  let failures = 0;
  while (!signal.aborted) {
    let wait: number;
    try {
      const next = await link.heartbeat({ activity: activity(), ranks: ranks.take() }, signal);
      ranks.ask(next.countRanksOf);
      wait = Math.min(Math.max(next.periodMs, shortestMs), longestMs);
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
