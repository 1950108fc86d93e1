import { expect, it } from "vitest";
import { staleFiles } from "./generated-gate.ts";

const files = (texts: Record<string, string>) =>
  new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)]));

it("finds no stale file where all are equal", () => {
  expect(staleFiles({ committed: files({ a: "1" }), fresh: files({ a: "1" }) })).toEqual([]);
});

it("names files that differ, are missing, or are left over", () => {
  const committed = files({ differs: "1", left: "2", same: "3" });
  const fresh = files({ differs: "0", missing: "4", same: "3" });
  expect(staleFiles({ committed, fresh })).toEqual(["differs", "left", "missing"]);
});
