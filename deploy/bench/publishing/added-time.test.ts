import { expect, it } from "vitest";
import { addedTime, type Profile, type ProfileNode, profile } from "./added-time.ts";
import { spin } from "./spin.fixture.ts";

const frame = (id: number, url: string, children: readonly number[] = [], functionName = "f"): ProfileNode => ({
  id,
  callFrame: { functionName, url },
  children,
});

/** The loop calls its store, and the publisher, which calls the store too; and there is what V8 does. */
const nodes = [
  frame(1, "", [2, 5, 6, 7], "(root)"),
  frame(2, "file:///loop.ts", [3, 4]),
  frame(3, "file:///store.ts", [9]),
  frame(4, "file:///publisher.ts", [8]),
  frame(5, "", [], "(idle)"),
  frame(6, "", [], "(garbage collector)"),
  frame(7, "node:net"),
  frame(8, "file:///store.ts"),
  frame(9, "", [], "run"), // SQLite's, which is no JavaScript
];
const isPublisher = (url: string) => url.endsWith("/publisher.ts") || url === "node:net";
const sampled = (...samples: readonly (readonly [id: number, took: number])[]): Profile => ({
  nodes,
  samples: samples.map(([id]) => id),
  timeDeltas: samples.map(([, took]) => took),
});

it("is what was added to the others' time, beside it what the collector took, and no waiting", () => {
  const profiled = sampled([2, 60], [3, 30], [9, 10], [4, 3], [7, 2], [5, 1_000], [6, 15], [1, 5]);
  expect(addedTime(profiled, isPublisher)).toEqual({ own: 0.05, nobodys: 0.2 });
});

it("counts what was called, however deep, and not the same function where others call it", () => {
  expect(addedTime(sampled([2, 100], [8, 10], [3, 100]), isPublisher).own).toBe(0.05);
});

it("is nothing where nothing of that kind ran, and has no answer where nothing else did", () => {
  expect(addedTime(sampled([2, 100]), isPublisher)).toEqual({ own: 0, nobodys: 0 });
  expect(() => addedTime(sampled([4, 100], [5, 100]), isPublisher)).toThrow(RangeError);
});

it("is seen in a profile of this very thread", async () => {
  const seen = await profile(async () => {
    for (let turn = 0; turn < 50; turn += 1) {
      const until = performance.now() + 4;
      while (performance.now() < until);
      spin(2);
    }
  });
  expect(addedTime(seen, (url) => url.endsWith("/spin.fixture.ts")).own).toBeGreaterThan(0);
  expect(addedTime(seen, (url) => url.endsWith("/another.ts")).own).toBe(0);
});

it("lets the work fail as it does", async () => {
  await expect(profile(() => Promise.reject(new Error("the disk is full")))).rejects.toThrow("the disk is full");
});
