import type { Loss } from "./grow-log.ts";

/** Tells the operator what was given up before the broker had it, in a line; none where nothing was. */
export function lossNotices(loss: Loss | undefined): readonly string[] {
  if (loss === undefined) return [];
  const { first, last, count } = loss;
  const which = first === last ? `number ${first}` : `between number ${first} and ${last}`;
  const what = count === 1n ? "1 event was" : `${count} events were`;
  return [
    `${what} given up before NATS had got ${count === 1n ? "it" : "them"} (${which}): the log was full or they were too old`,
  ];
}
