import type { EventType, KeptEvent } from "@cowherd/proto";

/** The kept events, oldest first. */
export interface EventLog {
  /** Returns at most `limit` events, from the first whose sequence is greater than `after`. */
  read(after: bigint, limit: number): readonly KeptEvent[];
  /** Names all that are kept, oldest first, without what they say. */
  marks(): readonly EventMark[];
  /** The sequence of the newest event that ever was; 0n before the first. */
  last(): bigint;
  /** Everything up to this sequence has reached the broker. */
  published(): bigint;
  /** Notes that everything up to `sequence` has reached the broker. Survives a power cut, and never goes back. */
  markPublished(sequence: bigint): void;
}

/** A kept event, without what it says. */
export type EventMark = Pick<KeptEvent, "sequence" | "time"> & { readonly type: EventType };

/** What a commit changes in the log. The newest event is never dropped. */
export type LogChange = {
  /** Their sequences follow on the newest one's, without a gap. */
  readonly added: readonly KeptEvent[];
  readonly dropped: readonly bigint[];
};

export const nothingLogged: LogChange = { added: [], dropped: [] };
