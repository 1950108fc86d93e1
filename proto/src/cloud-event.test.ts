import { expect, it } from "vitest";
import { cloudEventOf } from "./cloud-event.ts";
import { samples } from "./event.fixture.ts";
import { toWireEvent } from "./event-wire.ts";
import { Event as WireEvent } from "./gen/cowherd/v1/event.ts";

const kept = { sequence: 42n, id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", time: Date.UTC(2026, 10, 26, 14, 30, 0, 5) };
const parse = (text: string): Record<string, unknown> => JSON.parse(text);

it("writes an event as CloudEvents 1.0 has it", () => {
  const event = samples["node.ready"];
  expect(parse(cloudEventOf("lab", { ...kept, event }))).toEqual({
    specversion: "1.0",
    id: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    source: "/clusters/lab/controller",
    type: "io.cowherd.node.ready.v1",
    subject: "secondary1",
    time: "2026-11-26T14:30:00.005Z",
    datacontenttype: "application/json",
    sequence: "00000000000000000042",
    data: { node: "secondary1", slots: 4 },
  });
});

it("leaves out the subject of an event that is about no node, which CloudEvents wants to be a text or missing", () => {
  const written = parse(cloudEventOf("lab", { ...kept, event: samples["hostfile.published"] }));
  expect(written).not.toHaveProperty("subject");
  expect(written["data"]).toEqual({
    generation: 7,
    slots: 12,
    added: [{ node: "secondary1", slots: 4 }],
    removed: [],
    changed: [{ node: "primary", before: 2, after: 8 }],
  });
});

it.each(Object.values(samples))("writes the data of $type in one line, as the schema reads it", (event) => {
  const text = cloudEventOf("lab", { ...kept, event });
  expect(text).not.toContain("\n");
  const wire = toWireEvent(event);
  const { data } = parse(text);
  const read = WireEvent.fromJSON({ [wire.kind?.$case ?? ""]: data });
  expect(read).toEqual(wire);
});
