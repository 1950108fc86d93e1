import type { DesiredState } from "@cowherd/proto";
import type { ClusterEvent } from "../state/cluster-state.ts";
import { reduce } from "../state/reduce.ts";
import type { ClusterRecord, ClusterStore } from "../store/cluster-store.ts";
import { desiredStates } from "./desired-states.ts";
import { settle } from "./settle.ts";

/** What happened, and what goes into the store with it. */
export type Change = {
  readonly events?: readonly ClusterEvent[];
  readonly tokens?: ClusterRecord["tokens"];
  readonly operators?: ClusterRecord["operators"];
};

/** What a committed change did. `desired` holds the desired states that became others, by node. */
export type Committed = {
  readonly before: ClusterRecord;
  readonly after: ClusterRecord;
  readonly desired: ReadonlyMap<string, DesiredState>;
};

/**
 * The one place where the cluster's record changes.
 *
 * Invariants: the record is always at its fixed point and always in the store; changes
 * happen one after another, whole or not at all; nobody hears of one before it is stored.
 */
export interface Loop {
  record(): ClusterRecord;
  /** The desired state of every joined node. */
  desired(): ReadonlyMap<string, DesiredState>;
  /** Makes a change. Throws when the store does, and then nothing was changed. */
  commit(change: Change): Committed;
}

export type LoopDeps = {
  readonly store: ClusterStore;
  /** Milliseconds of the wall clock: for the times of the hostfiles. */
  readonly now: () => number;
};

/** Takes the record up where the store left it and brings it to its fixed point. */
export function createLoop(
  { store, now }: LoopDeps,
  initial: ClusterRecord,
  tell: (committed: Committed) => void,
): Loop {
  let record = initial;
  let desired: ReadonlyMap<string, DesiredState> = new Map();

  const loop: Loop = {
    record: () => record,
    desired: () => desired,
    commit({ events = [], tokens = record.tokens, operators = record.operators }) {
      const before = record;
      const settled = settle(events.reduce(reduce, before.state), now());
      const after = { state: settled.state, tokens, operators };
      const committed = { before, after, desired: settled.desired };
      if (after.state === before.state && tokens === before.tokens && operators === before.operators) return committed;
      store.commit(after);
      record = after;
      desired = new Map([...desired, ...settled.desired].filter(([node]) => after.state.nodes.has(node)));
      tell(committed);
      return committed;
    },
  };
  loop.commit({});
  desired = desiredStates(record.state);
  return loop;
}
