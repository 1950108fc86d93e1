import type { EventType, KeptEvent } from "@cowherd/proto";

/** A kept event, without what it says. */
export type EventMark = Pick<KeptEvent, "sequence" | "time"> & { readonly type: EventType };

/** What a commit changes in the log. The newest event is never dropped. */
export type LogChange = {
  /** Their sequences follow on the newest one's, without a gap. */
  readonly added: readonly KeptEvent[];
  readonly dropped: readonly bigint[];
};

export const nothingLogged: LogChange = { added: [], dropped: [] };
