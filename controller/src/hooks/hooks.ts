import { cloudEventOf, type Event, type HookRequest, type KeptEvent, largestHookEvent } from "@cowherd/proto";
import type { EventLog } from "../events/event-log.ts";
import type { Loop } from "../reconcile/loop.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { HookSpec } from "../spec/cluster-spec.ts";
import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState } from "../state/cluster-state.ts";
import type { HookBacklog } from "../state/hook-notices.ts";
import { createLane, type Lane } from "./lane.ts";

/** Has the operator's programs run on the primary for the events that they are for. */
export interface Hooks {
  /** Asks the primary for what is due. To be called after each change of the log, and at short intervals. Stores nothing. */
  look(state: ClusterState): void;
  /** Takes how a hook ended; `failure` is undefined where it ended well. What nobody waits for is dropped. */
  ended(node: string, id: string, failure: string | undefined): void;
  /** Gives up what was not answered in time by a primary that lives. */
  giveUp(): void;
  /** Asks a node again for what it was asked over an older session. */
  askAgain(node: string): void;
  /** What waits, by hook. */
  backlogs(): readonly HookBacklog[];
}

export type HooksDeps = {
  /** The loop, which tells of its first change before it is there. */
  readonly loop: () => Pick<Loop, "record" | "commit">;
  readonly log: Pick<EventLog, "read" | "last">;
  readonly sessions: Pick<Sessions, "hook">;
  /** Milliseconds of the wall clock. */
  readonly now: () => number;
  /** Milliseconds of a clock that only goes forwards. */
  readonly monotonic: () => number;
  /** A longer gap between two looks means that we were paused, not the agent. */
  readonly pauseMs: number;
};

const mostAtOnce = 2;
const page = 500;

/** An agent has so much longer than the hook: it may have just started, and asks the journal. */
const answerMs = 30_000;

/**
 * Invariants: of one hook one event is under way at a time, in the order of the log, and of all
 * hooks no more than `mostAtOnce`; how far each is lies in the store, so that the controller's
 * end loses none and repeats none but those under way, which bear the same id again.
 */
export function createHooks({ loop, log, sessions, now, monotonic, pauseMs }: HooksDeps): Hooks {
  const lanes = new Map<string, Lane>();
  let lookedAt = monotonic();

  /** Brings the lanes to the spec's hooks, and into them what the log has since. */
  function fill({ spec, hooks }: ClusterState): void {
    for (const name of lanes.keys()) if (!hooks.has(name)) lanes.delete(name);
    for (const hook of spec.hooks) {
      const lane = lanes.get(hook.run) ?? createLane(hooks.get(hook.run)?.done ?? log.last());
      lane.takes(hook);
      lanes.set(hook.run, lane);
    }
    while (lanes.size > 0) {
      let after = log.last();
      for (const lane of lanes.values()) if (lane.seen() < after) after = lane.seen();
      if (after === log.last()) return;
      const events = log.read(after, page);
      for (const lane of lanes.values()) for (const event of events) lane.see(event);
      if (events.length === 0) for (const lane of lanes.values()) lane.pass(log.last());
    }
  }

  function startNext({ spec }: ClusterState): boolean {
    const open = [...lanes.values()].filter((lane) => lane.open() !== undefined);
    const [next] = [...lanes.values()]
      .filter((lane) => lane.open() === undefined && lane.next() !== undefined)
      .sort((a, b) => Number((a.next()?.sequence ?? 0n) - (b.next()?.sequence ?? 0n)));
    const event = next?.next();
    if (open.length >= mostAtOnce || next === undefined || event === undefined) return false;
    const request = requestOf(spec.name, next.hook(), event);
    const problem = problemOf(request);
    if (problem === undefined && !sessions.hook(primaryOf(spec), request)) return false;
    next.start({ request, event, askedAt: monotonic(), problem });
    return true;
  }

  function look(state: ClusterState): void {
    fill(state);
    while (startNext(state)) {
      // until the primary has enough to do
    }
  }

  function end(lane: Lane, failure: string | undefined): void {
    const open = lane.open();
    if (open === undefined) return;
    const { hook } = open.request;
    const { sequence } = open.event;
    const skipped = lane.skipped();
    const done = skipped.count > 0 && skipped.last > sequence ? skipped.last : sequence;
    loop().commit({
      events: [{ type: "hook-ended", hook, sequence, done, at: now(), failure, skipped: skipped.count }],
      told: [
        ...(skipped.count === 0
          ? []
          : [failed(hook, skipped.last, `${skipped.count} events were skipped: too many waited`)]),
        ...(failure === undefined ? [] : [failed(hook, sequence, failure)]),
      ],
    });
    lane.finish(skipped.count);
    look(loop().record().state);
  }

  return {
    look,

    ended(node, id, failure) {
      if (node !== primaryOf(loop().record().state.spec)) return;
      const lane = [...lanes.values()].find((one) => one.open()?.request.id === id);
      if (lane !== undefined) end(lane, failure);
    },

    giveUp() {
      const at = monotonic();
      const paused = at - lookedAt > pauseMs;
      lookedAt = at;
      const { spec, nodes } = loop().record().state;
      const primary = primaryOf(spec);
      for (const lane of [...lanes.values()]) {
        const open = lane.open();
        if (open === undefined) continue;
        const mostMs = open.request.seconds * 1_000 + answerMs;
        if (open.problem !== undefined) end(lane, open.problem);
        else if (paused)
          lane.start({ ...open, askedAt: at }); // its answer may be waiting to be read
        else if (at - open.askedAt >= mostMs && nodes.get(primary)?.reachable === true)
          end(lane, `the cowherd-agent on ${primary} did not answer within ${mostMs / 1_000} s`);
      }
    },

    askAgain(node) {
      const { state } = loop().record();
      if (node === primaryOf(state.spec)) {
        for (const lane of lanes.values()) {
          const open = lane.open();
          if (open === undefined || open.problem !== undefined) continue;
          sessions.hook(node, open.request);
          lane.start({ ...open, askedAt: monotonic() });
        }
      }
      look(state);
    },

    backlogs: () =>
      [...lanes].map(([hook, lane]) => ({ hook, waiting: lane.waiting(), skipped: lane.skipped().count })),
  };
}

/** The id is that of the event, so that an agent knows again what it was asked before; the event is a whole line, as a shell's read wants it. */
function requestOf(cluster: string, { run, seconds, user }: HookSpec, event: KeptEvent): HookRequest {
  return { id: `${run}-${event.id}`, hook: run, event: `${cloudEventOf(cluster, event)}\n`, seconds, user };
}

function problemOf({ event }: HookRequest): string | undefined {
  const size = Buffer.byteLength(event);
  return size > largestHookEvent
    ? `the event has ${size} bytes: at most ${largestHookEvent} are given to a hook`
    : undefined;
}

function failed(hook: string, sequence: bigint, reason: string): Event {
  return { type: "hook.failed", hook, sequence, reason };
}
