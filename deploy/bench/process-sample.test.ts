import { describe, expect, it } from "vitest";
import { parseChildren, parseMemory, parseUsage } from "./process-sample.ts";

describe("a process's sample", () => {
  it("adds up what is private, in bytes", () => {
    const rollup = [
      "00400000-7ffe4e5d3000 ---p 00000000 00:00 0    [rollup]",
      "Rss:               67000 kB",
      "Pss:               60000 kB",
      "Private_Clean:      1000 kB",
      "Private_Dirty:     19000 kB",
      "",
    ].join("\n");
    expect(parseMemory(rollup)).toEqual({ resident: 67_000 * 1024, private: 20_000 * 1024 });
  });

  it("reads the time on a processor past a name with brackets and blanks", () => {
    const stat = "42 (a (b) c) S 1 42 42 0 -1 4194560 100 7 0 2 150 50 9 9 20 0 11 0 1 2 3\n";
    expect(parseUsage(stat)).toEqual({ cpuMs: 2_000, childFaults: 9 });
  });

  it("lists children, of which there may be none", () => {
    expect(parseChildren("12 345 ")).toEqual([12, 345]);
    expect(parseChildren("")).toEqual([]);
  });
});
