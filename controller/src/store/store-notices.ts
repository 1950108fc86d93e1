import { formatSpan } from "../state/span.ts";

/** A store that takes nothing: since when, by the wall clock, and why. */
export type Unwritten = { readonly since: number; readonly reason: string };

/** Tells that the controller's disk takes nothing, in a line; none where it does. `now` is the wall clock's time. */
export function storeNotices(unwritten: Unwritten | undefined, now: number): readonly string[] {
  if (unwritten === undefined) return [];
  const span = formatSpan(Math.max(0, now - unwritten.since)); // the clock may have been set back
  return [
    `the controller cannot write ${unwritten.reason}, for ${span} now; until it can, nothing is changed and the hostfile stays as it is`,
  ];
}
