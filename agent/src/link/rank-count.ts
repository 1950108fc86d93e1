import type { Ranks } from "../host/ranks.ts";
import type { Log } from "../log.ts";

/** The newest number of ranks that was asked for. At most one count is under way, and nobody waits for it. */
export interface RankCount {
  /** Has the ranks of a user counted; undefined for nobody's, and then nothing is done. */
  ask(uid: number | undefined): void;
  /** Returns what was counted since it was last taken. Undefined where nothing was. */
  take(): number | undefined;
}

export function createRankCount(ranks: Ranks, log: Log): RankCount {
  let counted: number | undefined;
  let isCounting = false;

  async function count(uid: number): Promise<void> {
    isCounting = true;
    try {
      counted = await ranks.count(uid);
    } catch (error) {
      log.warn({ err: error }, "ranks not counted"); // the next sign of life asks again
    } finally {
      isCounting = false;
    }
  }

  return {
    ask(uid) {
      if (uid === undefined) counted = undefined;
      else if (!isCounting) void count(uid);
    },
    take() {
      const taken = counted;
      counted = undefined;
      return taken;
    },
  };
}
