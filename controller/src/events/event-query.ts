import { eventTypes, type KeptEvent, nodeOf } from "@cowherd/proto";
import { nearest } from "../spec/nearest.ts";
import type { EventLog } from "./event-log.ts";

/** Which events somebody wants. */
export type EventQuery = {
  /** Those with a greater sequence. Undefined where the next two decide. */
  readonly after: bigint | undefined;
  /** Those of the last so many milliseconds; zero for all. */
  readonly sinceMs: number;
  /** Those that come, too. Without `after` and `sinceMs`, those alone. */
  readonly follow: boolean;
  /** Those about one node; empty for any. */
  readonly node: string;
  /** Those of one type, or of one kind of types such as "node"; empty for any. */
  readonly type: string;
};

/** No event is called so. */
export class UnknownEventTypeError extends Error {
  override readonly name = "UnknownEventTypeError";
}

const kinds = [...new Set(eventTypes.map((type) => type.split(".", 1).join("")))];

/** Throws UnknownEventTypeError for a name that no event and no kind of events has. */
export function requireEventType(type: string): void {
  const known: readonly string[] = [...eventTypes, ...kinds];
  if (type === "" || known.includes(type)) return;
  const meant = nearest(type, known);
  const hint = meant === undefined ? `the kinds are ${kinds.join(", ")}` : `did you mean ${meant}?`;
  throw new UnknownEventTypeError(`no event is called ${JSON.stringify(type)}: ${hint}`);
}

/**
 * Returns the sequence after which a query begins. `now` is in milliseconds since 1970.
 *
 * Whoever saw more than there ever was saw the log of a store that was lost, and is given all
 * of the one that there is now.
 */
export function startOf({ after, sinceMs, follow }: EventQuery, log: EventLog, now: number): bigint {
  const last = log.last();
  if (after !== undefined) return after > last ? 0n : after;
  if (sinceMs === 0) return follow ? last : 0n;
  const first = log.marks().find(({ time }) => time >= now - sinceMs);
  return first === undefined ? last : first.sequence - 1n;
}

/** Tells whether an event is one of those that are wanted, wherever the query begins. */
export function isWanted({ node, type }: EventQuery, { event }: KeptEvent): boolean {
  if (node !== "" && nodeOf(event) !== node) return false;
  return type === "" || event.type === type || event.type.startsWith(`${type}.`);
}
