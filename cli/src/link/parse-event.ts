import { type Event, parseEvent } from "@cowherd/proto";
import type { ListEventsResponse } from "@cowherd/proto/wire";
import { printable } from "../output/printable.ts";
import type { EventPlace, ListedEvent } from "./operator-link.ts";

/** Parses one response of a list of events. An event that this version does not know is one all the same. */
export function parseListed({ sequence, kept, type, node, cloudEvent }: ListEventsResponse): EventPlace | ListedEvent {
  if (kept === undefined) return { sequence, kept: undefined };
  const event = kept.event && parseEvent(kept.event);
  return {
    sequence,
    kept: {
      time: kept.time ?? new Date(0),
      type: printable(type),
      node: node === "" ? undefined : printable(node),
      event: event && printableEvent(event),
      cloudEvent: printableJson(cloudEvent),
    },
  };
}

/** The words in it are a machine's own, or whoever's knocked at the door. */
function printableEvent(event: Event): Event {
  return "reason" in event ? { ...event, reason: printable(event.reason) } : event;
}

/** JSON may hold as itself what could steer a terminal; escaped it means the same. */
function printableJson(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, "0")}`).join(
      "",
    ),
  );
}
