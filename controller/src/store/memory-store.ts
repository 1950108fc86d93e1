import { nothingLogged } from "../events/event-mark.ts";
import { createMemoryLog } from "../events/memory-log.ts";
import { decodeState, encodeState, type StoredState } from "../state/persist.ts";
import type { ClusterRecord, ClusterStore } from "./cluster-store.ts";

/** A store that lives in memory and passes the contract of the real one. */
export function createMemoryStore(): ClusterStore {
  let stored: (Pick<ClusterRecord, "tokens" | "operators"> & { readonly state: StoredState }) | undefined;
  const log = createMemoryLog();
  return {
    events: log,
    load: () => stored && { ...stored, state: decodeState(stored.state) },
    commit(record, change = nothingLogged) {
      log.take(change);
      stored = {
        state: encodeState(record.state),
        tokens: new Map(record.tokens),
        operators: new Map(record.operators),
      };
    },
    close() {},
  };
}
