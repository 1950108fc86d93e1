import type { EventsSpec } from "../spec/cluster-spec.ts";
import { formatSpan } from "../state/span.ts";
import type { PublishingTrouble } from "./publisher.ts";

/** Says, in one line, that events are not published, and what becomes of them. `now` is the wall clock's time. */
export function publishingNotice(
  { since, reason, waiting }: PublishingTrouble,
  { days, count }: EventsSpec["keep"],
  now: number,
): string {
  const span = formatSpan(Math.max(0, now - since)); // the clock may have been set back
  const kept = `kept for ${days === 1 ? "a day" : `${days} days`}, ${count} at most`;
  return `events are not published, for ${span} now: ${reason}; ${waiting} ${waiting === 1n ? "waits and is" : "wait and are"} ${kept}`;
}
