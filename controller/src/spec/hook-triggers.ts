import { type EventType, eventTypes } from "@cowherd/proto";

/** A hook that fails must not run again because of that. */
const never: EventType = "hook.failed";

/**
 * Lists the events that a word of a hook stands for: "node.ready" for itself, "node.*" for all
 * of nodes, "*" for all that there are. Empty for a word that stands for none. Pure.
 */
export function hookTriggers(word: string): readonly EventType[] {
  return eventTypes.filter((type) => type !== never && matches(word, type));
}

function matches(word: string, type: EventType): boolean {
  if (word === "*" || word === type) return true;
  return word.endsWith(".*") && type.startsWith(word.slice(0, -1));
}
