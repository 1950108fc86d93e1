import type { KeptEvent } from "@cowherd/proto";
import type { EventLog } from "./event-log.ts";

/** A log in memory that events can be added to, all of one kind. */
export type FakeEventLog = EventLog & {
  readonly kept: readonly KeptEvent[];
  /** The most events that anyone asked for at once. */
  readonly reads: { most: number };
  add(count: number, node?: string): void;
};

export function createFakeEventLog(): FakeEventLog {
  const kept: KeptEvent[] = [];
  const reads = { most: 0 };
  let published = 0n;
  const last = () => kept.at(-1)?.sequence ?? 0n;
  return {
    kept,
    reads,
    read(after, limit) {
      reads.most = Math.max(reads.most, limit);
      return kept.filter(({ sequence }) => sequence > after).slice(0, limit);
    },
    marks: () => kept.map(({ sequence, time, event: { type } }) => ({ sequence, time, type })),
    last,
    published: () => published,
    markPublished(sequence) {
      if (sequence > published) published = sequence;
    },
    add(count, node = "primary") {
      for (let n = 0; n < count; n += 1) {
        const sequence = last() + 1n;
        kept.push({ sequence, id: `id-${sequence}`, time: 1_700_000_000_000, event: { type: "node.undrained", node } });
      }
    },
  };
}
