import type { KeptEvent } from "@cowherd/proto";
import type { EventLog } from "./event-log.ts";
import type { LogChange } from "./event-mark.ts";

/** A log that lives in memory and passes the contract of the real one. */
export function createMemoryLog(): EventLog & { take(change: LogChange): void } {
  let kept: readonly KeptEvent[] = [];
  let published = 0n;
  return {
    take({ added, dropped }) {
      const gone = new Set(dropped);
      kept = [...kept.filter(({ sequence }) => !gone.has(sequence)), ...added];
    },
    read: (after, limit) => kept.filter(({ sequence }) => sequence > after).slice(0, limit),
    marks: () => kept.map(({ sequence, time, event: { type } }) => ({ sequence, time, type })),
    last: () => kept.at(-1)?.sequence ?? 0n,
    published: () => published,
    markPublished(sequence) {
      if (sequence > published) published = sequence;
    },
  };
}
