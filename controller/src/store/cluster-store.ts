import type { EventLog } from "../events/event-log.ts";
import type { LogChange } from "../events/event-mark.ts";
import type { ClusterState } from "../state/cluster-state.ts";
import type { TokenRecord } from "../tokens/token-record.ts";

/** The one certificate that may speak for an operator. */
export type OperatorRecord = {
  readonly name: string;
  /** SHA-256 fingerprint. */
  readonly certificate: string;
};

/** Everything that must survive the controller. A plain value: copied, never edited. */
export type ClusterRecord = {
  readonly state: ClusterState;
  /** By id. */
  readonly tokens: ReadonlyMap<string, TokenRecord>;
  /** By name. */
  readonly operators: ReadonlyMap<string, OperatorRecord>;
};

/** Where the cluster's record is kept, and the events that tell of its changes. One process at a time. */
export interface ClusterStore {
  /** What commits have added. Whoever reads it while one goes on sees all of its events or none. */
  readonly events: EventLog;

  /** Reads what was committed last. Undefined before the first commit. */
  load(): ClusterRecord | undefined;

  /**
   * Makes `record` the one to load from now on, with what it changes in the log, whole or,
   * when it throws, not at all.
   *
   * Once it returns, a power cut does not take it back. What is the same object as in the
   * last record is not written again. Throws StoreUnwritableError where the disk is at fault.
   */
  commit(record: ClusterRecord, log?: LogChange): void;

  close(): void;
}

/** Opens the store at a path, which is made where it is missing. Throws NewerStoreError. */
export type OpenStore = (path: string) => ClusterStore;

/** The disk did not take what was to be stored. `reason` says of which file, and why. */
export class StoreUnwritableError extends Error {
  override readonly name = "StoreUnwritableError";
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super(`nothing was changed, since the controller cannot write ${reason}`, options);
    this.reason = reason;
  }
}

/** What is stored was written by a later version, which alone understands it. */
export class NewerStoreError extends Error {
  override readonly name = "NewerStoreError";
}
