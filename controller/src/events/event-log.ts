import type { KeptEvent } from "@cowherd/proto";
import type { EventMark } from "./event-mark.ts";

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
