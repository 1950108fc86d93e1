import { expect, it } from "vitest";
import { parseNamespacePids, parseStat } from "./process-identity.ts";

const fields = Array.from({ length: 50 }, (_, index) => String(index + 3)).join(" ");

it("reads the state and the start time behind any name", () => {
  const stat = `42 (a) R (b) S ${fields.slice(2)}`;
  expect(parseStat(stat)).toEqual({ state: "S", startTime: "22" });
});

it("knows nothing of a process that is gone", () => {
  expect(parseStat("")).toEqual({ state: undefined, startTime: undefined });
});

it("reads a process's numbers from the outermost namespace to its own", () => {
  expect(parseNamespacePids("Name:\tsystemd\nNSpid:\t9866\t1\nNSpgid:\t9866\t1\n")).toEqual([9866, 1]);
});
