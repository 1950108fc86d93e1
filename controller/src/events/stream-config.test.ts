import { expect, it } from "vitest";
import { isAsPlanned, streamFields } from "./stream-config.ts";

const plan = { name: "cowherd-lab", subjects: "cowherd.lab.>", days: 7, megabytes: 256, replicas: 3 };
const fields = streamFields(plan);

it("bounds a stream by age and by size, and knows an id again for half an hour", () => {
  expect(fields).toEqual({
    subjects: ["cowherd.lab.>"],
    max_age: 604_800_000_000_000,
    max_bytes: 268_435_456,
    duplicate_window: 1_800_000_000_000,
    num_replicas: 3,
  });
});

it("is content with a stream that is as planned, whatever else somebody set", () => {
  expect(isAsPlanned({ ...fields, ...{ description: "ours", max_consumers: 9 } }, fields)).toBe(true);
});

it.each([
  { subjects: ["cowherd.>"] },
  { max_age: 0 },
  { max_bytes: -1 },
  { duplicate_window: 120_000_000_000 },
  { num_replicas: 1 },
])("is not content with %j", (over) => {
  expect(isAsPlanned({ ...fields, ...over }, fields)).toBe(false);
});
