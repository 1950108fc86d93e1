import { compareNames } from "../spec/natural-order.ts";

/** More are counted: a notice is one line. */
const mostNames = 5;

/** Puts names into a sentence, in the order in which people look for them: "node2, node10", and "and 3 more" after the fifth. */
export function fewNames(names: readonly string[]): string {
  const sorted = names.toSorted(compareNames);
  const more = sorted.length - mostNames;
  return more > 0 ? `${sorted.slice(0, mostNames).join(", ")} and ${more} more` : sorted.join(", ");
}
