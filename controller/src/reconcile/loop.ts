import type { DesiredState, Event, KeptEvent } from "@cowherd/proto";
import type { LogChange } from "../events/event-mark.ts";
import { eventsBetween, viewOf } from "../events/events-between.ts";
import { defaultEventRules, type EventRules, growLog, type Loss } from "../events/grow-log.ts";
import { logViewOf } from "../events/log-view.ts";
import { atOnce, type Pace } from "../hostfile/pace.ts";
import type { ClusterEvent, ClusterState } from "../state/cluster-state.ts";
import { reduce } from "../state/reduce.ts";
import { type ClusterRecord, type ClusterStore, StoreUnwritableError } from "../store/cluster-store.ts";
import type { Unwritten } from "../store/store-notices.ts";
import { desiredStates } from "./desired-states.ts";
import { nextDue } from "./next-due.ts";
import type { RunningTime } from "./running-time.ts";
import { settle } from "./settle.ts";

/** What happened, and what goes into the store with it. */
export type Change = {
  readonly events?: readonly ClusterEvent[];
  readonly tokens?: ClusterRecord["tokens"];
  readonly operators?: ClusterRecord["operators"];
  /** What observers should hear of that changes nothing which is kept. */
  readonly told?: readonly Event[];
  /** The operator waits for the hostfile, which then follows no burst's pace. A hold keeps it all the same. */
  readonly urgent?: boolean;
};

/** What a committed change did. `desired` holds the desired states that became others, by node; `events` is what it adds to the log. */
export type Committed = {
  readonly before: ClusterRecord;
  readonly after: ClusterRecord;
  readonly desired: ReadonlyMap<string, DesiredState>;
  readonly events: readonly KeptEvent[];
};

/**
 * The one place where the cluster's record changes.
 *
 * Invariants: the record is always at its fixed point and always in the store; changes
 * happen one after another, whole or not at all; nobody hears of one before it is stored, and
 * whatever observers should hear of it is stored with it.
 */
export interface Loop {
  record(): ClusterRecord;
  /** The record's state as it is by now, with the time that has passed since. */
  present(): ClusterState;
  /** The desired state of every joined node. */
  desired(): ReadonlyMap<string, DesiredState>;
  /** The events that were given up before they reached the broker, as far as the log knows. */
  lost(): Loss | undefined;
  /** That the store takes nothing, which is tried again every second. */
  unwritten(): Unwritten | undefined;
  /** Makes a change. Throws when the store does, and then nothing was changed. */
  commit(change: Change): Committed;
  /**
   * Does what time alone has made due. To be called at short intervals; it costs nothing where
   * nothing waits. Tells whether something was due, such as a deadline that only people look at.
   */
  pass(): boolean;
}

export type LoopDeps = {
  readonly store: ClusterStore;
  readonly runningTime: RunningTime;
  /** Milliseconds of the wall clock: for the times of the hostfiles and of the events. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** How many events the spec lets the log keep. */
  readonly eventRules?: ((spec: ClusterState["spec"]) => EventRules) | undefined;
  readonly pace: Pace;
  /** Hears of every change once it is stored. */
  readonly tell: (committed: Committed) => void;
};

/** While something waits, the time is stored so often: what a restart takes from it at most. */
const keptMs = 60_000;

/** How long a store that took nothing is left alone, unless there is a change. */
const unwrittenMs = 1_000;

/** Takes the record up where the store left it and brings it to its fixed point. */
export function createLoop(initial: ClusterRecord, deps: LoopDeps): Loop {
  const { store, runningTime, now, randomBytes, eventRules = () => defaultEventRules, pace, tell } = deps;
  let record = initial;
  let viewed = viewOf(initial);
  let log = logViewOf(store.events);
  let due: number | undefined;
  let desired: ReadonlyMap<string, DesiredState> = new Map();

  let unwritten: Unwritten | undefined;
  let triedAt = 0; // in running time

  const present = () => reduce(record.state, { type: "time-passed", at: runningTime() });

  function put(after: ClusterRecord, grown?: LogChange): void {
    triedAt = after.state.runTime;
    try {
      store.commit(after, grown);
      unwritten = undefined;
    } catch (error) {
      if (error instanceof StoreUnwritableError) unwritten = { since: unwritten?.since ?? now(), reason: error.reason };
      throw error;
    }
    record = after;
  }

  /** Stores the time alone. Tells whether the store took it. */
  function tryAgain(current: ClusterState): boolean {
    try {
      put({ ...record, state: current });
    } catch (error) {
      if (!(error instanceof StoreUnwritableError)) throw error;
    }
    return unwritten === undefined;
  }

  const loop: Loop = {
    record: () => record,
    present,
    desired: () => desired,
    lost: () => log.loss,
    unwritten: () => unwritten,
    commit({ events = [], tokens = record.tokens, operators = record.operators, told = [], urgent = false }) {
      const before = record;
      const current = present();
      const settled = settle(events.reduce(reduce, current), urgent ? atOnce : pace, now());
      const after = { state: settled.state, tokens, operators };
      const view = viewOf(after);
      const heard = [...eventsBetween(viewed, view), ...told];
      const same = settled.state === current && tokens === before.tokens && operators === before.operators;
      if (same && heard.length === 0) return { before, after: before, desired: settled.desired, events: [] };
      const grown = growLog(log, heard, {
        rules: eventRules(after.state.spec),
        published: store.events.published(),
        now: now(),
        randomBytes,
      });
      const committed = { before, after, desired: settled.desired, events: grown.added };
      put(after, grown);
      viewed = view;
      log = grown.log;
      due = nextDue(after.state, pace);
      desired = new Map([...desired, ...settled.desired].filter(([node]) => after.state.nodes.has(node)));
      tell(committed);
      return committed;
    },

    pass() {
      const current = present();
      if (unwritten !== undefined) return current.runTime - triedAt >= unwrittenMs && tryAgain(current);
      if (due === undefined) return false;
      if (current.runTime >= due) {
        loop.commit({});
        due = nextDue(present(), pace);
        return true;
      }
      if (current.runTime - record.state.runTime >= keptMs) put({ ...record, state: current });
      return false;
    },
  };
  loop.commit({});
  due = nextDue(record.state, pace);
  desired = desiredStates(record.state);
  return loop;
}
