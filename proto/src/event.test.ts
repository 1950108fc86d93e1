import { expect, it } from "vitest";
import { samples } from "./event.fixture.ts";
import { eventTypes, isEventType, nodeOf, subjectOf } from "./event.ts";
import { decodeEvent, encodeEvent, parseEvent, parseKeptEvent, toWireEvent, toWireKeptEvent } from "./event-wire.ts";
import { Event as WireEvent } from "./gen/cowherd/v1/event.ts";

const all = Object.values(samples);

it("knows the name of every event, and no other", () => {
  expect([...eventTypes]).toEqual(Object.keys(samples));
  expect(eventTypes.every(isEventType)).toBe(true);
  expect(isEventType("node.exploded")).toBe(false);
});

it.each(all)("brings $type over the wire and back", (event) => {
  expect(parseEvent(toWireEvent(event))).toEqual(event);
  expect(decodeEvent(encodeEvent(event))).toEqual(event);
  const kept = { sequence: 9n, id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", time: 1_700_000_000_123, event };
  expect(parseKeptEvent(toWireKeptEvent(kept))).toEqual(kept);
});

it("names each type as the schema names its field", () => {
  for (const event of all) {
    const field = event.type.replace(/\.(.)/, (_, letter: string) => letter.toUpperCase());
    expect(toWireEvent(event).kind?.$case).toBe(field);
  }
});

it("takes an event of a later version for one that it does not know", () => {
  expect(decodeEvent(Uint8Array.of(0xfa, 0x3f, 0))).toBeUndefined(); // field 1023, empty
  expect(parseEvent(WireEvent.create())).toBeUndefined();
  expect(parseKeptEvent({ sequence: 1n, id: "", time: undefined, event: undefined })).toBeUndefined();
});

it("puts the kind first and the node last, so that wildcards of NATS can choose by either", () => {
  expect(subjectOf("lab", samples["node.ready"])).toBe("cowherd.lab.node.ready.secondary1");
  expect(subjectOf("lab", samples["hostfile.published"])).toBe("cowherd.lab.hostfile.published._");
  expect(subjectOf("lab", samples["token.refused"])).toBe("cowherd.lab.token.refused._");
  expect(all.every((event) => subjectOf("lab", event).split(".").length === 5)).toBe(true);
});

it("knows whom an event is about", () => {
  expect(nodeOf(samples["run.failed"])).toBe("secondary1");
  expect(nodeOf(samples["spec.applied"])).toBeUndefined();
});
