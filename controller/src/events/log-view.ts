import type { EventLog } from "./event-log.ts";
import { earliestOf, type LogView, lossIn } from "./grow-log.ts";

/** Looks a log over, as after a start. */
export function logViewOf(log: EventLog): LogView {
  const marks = log.marks();
  const newest = marks.findLast(({ type }) => type === "events.dropped");
  const told = newest === undefined ? [] : log.read(newest.sequence - 1n, 1);
  return {
    last: log.last(),
    marks,
    earliest: earliestOf(marks),
    loss: told.map(lossIn).find((loss) => loss !== undefined),
  };
}
