import { readFile } from "node:fs/promises";
import { eventTypes } from "@cowherd/proto";
import { expect, it } from "vitest";
import { samples } from "../../proto/src/event.fixture.ts";
import { projectFolder } from "../packaging/programs.ts";
import { eventsIn, NoEventsError } from "./event-schema.ts";
import { renderEventsPage } from "./events-page.ts";

const entries = eventsIn(await readFile(`${projectFolder}proto/schema/cowherd.binpb`));

it("finds every event in the schema, each with what it means and what it holds", () => {
  expect(entries.map(({ type }) => type)).toEqual([...eventTypes]);
  expect(entries.every(({ comment, fields }) => comment !== "" && fields.length > 0)).toBe(true);
  expect(entries.find(({ type }) => type === "hostfile.published")?.fields).toContainEqual({
    name: "changed",
    form: "list of { `node`: text, `before`: number, `after`: number }",
    comment: "Nodes that are listed with another number of slots than before.",
  });
  expect(entries.find(({ type }) => type === "token.refused")?.fields[0]?.form).toBe("text, or missing");
});

it("says of each field what is really there", () => {
  for (const { type, fields } of entries) {
    const sample = Object.entries(samples).find(([name]) => name === type)?.[1];
    expect(["type", ...fields.map(({ name }) => name)].toSorted()).toEqual(Object.keys(sample ?? {}).toSorted());
  }
});

it("shows an example of each event", () => {
  const page = renderEventsPage(entries, samples);
  expect(page.match(/^### /gm)).toHaveLength(eventTypes.length);
  expect(page.match(/^```json/gm)).toHaveLength(eventTypes.length + 1);
});

it("does not take another image for a schema without events", () => {
  expect(() => eventsIn(new Uint8Array())).toThrow(NoEventsError);
});
