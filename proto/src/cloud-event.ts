import { type Event, type KeptEvent, nodeOf } from "./event.ts";

const sequenceDigits = 20; // of the largest 64-bit number

/**
 * Writes an event as CloudEvents 1.0 has it in JSON, in structured mode and in one line.
 *
 * `data` is the event's message of event.proto by protobuf's mapping to JSON, with every
 * field, also empty ones, and 64-bit numbers as numbers, which that mapping allows to read.
 * `sequence` is padded to a fixed width, since the CloudEvents extension of that name wants
 * a text whose order is that of the events.
 */
export function cloudEventOf(cluster: string, { sequence, id, time, event }: KeptEvent): string {
  return JSON.stringify({
    specversion: "1.0",
    id,
    source: `/clusters/${cluster}/controller`,
    type: cloudTypeOf(event),
    subject: nodeOf(event),
    time: new Date(time).toISOString(),
    datacontenttype: "application/json",
    sequence: `${sequence}`.padStart(sequenceDigits, "0"),
    data: dataOf(event),
  });
}

/** The CloudEvents type of an event: "io.cowherd.node.ready.v1". */
export function cloudTypeOf({ type }: Pick<Event, "type">): string {
  return `io.cowherd.${type}.v1`;
}

function dataOf({ type: _type, ...fields }: Event): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(name, value)]));
}

/** JSON has neither times nor big integers. A count of ours never comes near 2^53. */
function plain(name: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (name === "expiresAt" && typeof value === "number") return new Date(value).toISOString();
  return value;
}
