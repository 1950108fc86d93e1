import { type Event, type EventType, type KeptEvent, ulidOf } from "@cowherd/proto";
import type { EventMark, LogChange } from "./event-mark.ts";

/** How long and how many events are kept, and whether a broker waits for them. */
export type EventRules = {
  readonly count: number;
  readonly ageMs: number;
  /** What goes before it reached the broker is lost then; else it had its time. */
  readonly publishing: boolean;
};

export const defaultEventRules: EventRules = { count: 20_000, ageMs: 7 * 24 * 3_600_000, publishing: false };

/** What was given up before it reached the broker. `sequence` is of the event that tells so. */
export type Loss = Pick<Extract<Event, { readonly type: "events.dropped" }>, "first" | "last" | "count"> & {
  readonly sequence: bigint;
};

/** The log as it is known between two commits: a mark of every kept event, oldest first. */
export type LogView = {
  readonly last: bigint;
  readonly marks: readonly EventMark[];
  /** The earliest time of all of them, so that no commit reads them all to learn that none is too old. Infinity without any. */
  readonly earliest: number;
  /** The newest one. Undefined where nothing was lost, or nobody remembers. */
  readonly loss: Loss | undefined;
};

/** What of the world goes into the growth of a log. */
export type Growth = {
  readonly rules: EventRules;
  /** Everything up to this sequence has reached the broker. */
  readonly published: bigint;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly randomBytes: (length: number) => Uint8Array;
};

/** So much is made free at once, so that a full log does not lose one event with each new one. */
const roomShare = 1 / 20;

/** These are given up only when nothing else is left: they tell of a node that is lost. */
const dearest: ReadonlySet<EventType> = new Set(["node.unreachable", "node.removed"]);

/**
 * Appends events to a log that keeps within its bounds, and says what goes for them.
 *
 * What the broker has goes first. What it has not is a loss: it is counted in an event of
 * its own, into which the one before goes unless it was published, so that those stay few.
 * That event is never given up before it was published. Nothing is dropped without a newer
 * event, so that the newest one stays.
 */
export function growLog(log: LogView, events: readonly Event[], growth: Growth): LogChange & { readonly log: LogView } {
  if (events.length === 0) return { added: [], dropped: [], log };
  const { rules, published, now } = growth;
  const given = (mark: EventMark) => !rules.publishing || mark.sequence <= published;
  const victims = victimsOf(log, events.length, given, rules, now);
  const lost = victims.filter((mark) => !given(mark));
  const unheard = log.loss !== undefined && log.loss.sequence > published ? log.loss : undefined;
  const merged = lost.length > 0 && unheard !== undefined ? [unheard.sequence] : [];
  const told = lost.length > 0 ? [lossEvent(lost, unheard)] : [];

  const added = [...events, ...told].map((event, at) => keep(log.last + BigInt(at) + 1n, event, growth));
  const dropped = [...new Set([...victims.map(({ sequence }) => sequence), ...merged])];
  const gone = new Set(dropped);
  const kept = gone.size === 0 ? log.marks : log.marks.filter(({ sequence }) => !gone.has(sequence));
  const earliest = gone.size === 0 ? log.earliest : earliestOf(kept);
  const marks = [...kept, ...added.map(({ sequence, time, event: { type } }) => ({ sequence, time, type }))];
  const last = log.last + BigInt(added.length);
  const lossBefore = log.loss !== undefined && gone.has(log.loss.sequence) ? undefined : log.loss;
  const loss = added.map(lossIn).find((found) => found !== undefined) ?? lossBefore;
  return { added, dropped, log: { last, marks, earliest: Math.min(earliest, earliestOf(added)), loss } };
}

/** The earliest time of some events. A clock may have been set back, so that it is not always the first one's. */
export function earliestOf(events: readonly Pick<EventMark, "time">[]): number {
  return events.reduce((earliest, { time }) => Math.min(earliest, time), Number.POSITIVE_INFINITY);
}

/** Reads what a kept event says of a loss; undefined for every other event. */
export function lossIn({ sequence, event }: KeptEvent): Loss | undefined {
  if (event.type !== "events.dropped") return undefined;
  const { first, last, count } = event;
  return { sequence, first, last, count };
}

function victimsOf(
  { marks, earliest }: LogView,
  growing: number,
  given: (mark: EventMark) => boolean,
  { count, ageMs }: EventRules,
  now: number,
): readonly EventMark[] {
  const full = marks.length + growing > count;
  const surplus = full ? marks.length + growing - count + Math.floor(count * roomShare) : 0;
  const isOld = ({ time }: EventMark) => time < now - ageMs;
  if (surplus === 0 && earliest >= now - ageMs) return [];
  const free = marks.filter(given);
  const owed = marks.filter((mark) => !given(mark) && mark.type !== "events.dropped");
  const order = [
    ...free,
    ...owed.filter(({ type }) => !dearest.has(type)),
    ...owed.filter(({ type }) => dearest.has(type)),
  ];
  return order.filter((mark, at) => at < surplus || isOld(mark));
}

function lossEvent(lost: readonly EventMark[], before: Loss | undefined): Event {
  const sequences = lost
    .map(({ sequence }) => sequence)
    .concat(before === undefined ? [] : [before.first, before.last]);
  const ordered = sequences.toSorted((a, b) => (a < b ? -1 : 1));
  return {
    type: "events.dropped",
    first: ordered[0] ?? 0n,
    last: ordered.at(-1) ?? 0n,
    count: BigInt(lost.length) + (before?.count ?? 0n),
  };
}

function keep(sequence: bigint, event: Event, { now, randomBytes }: Growth): KeptEvent {
  return { sequence, id: ulidOf(now, sequence, randomBytes(5)), time: now, event };
}
