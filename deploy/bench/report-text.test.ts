import { expect, it } from "vitest";
import { type Figure, meetsGoals, type PartReport } from "./figure.ts";
import { formatJson, formatReport } from "./report-text.ts";

const settled: Figure = { what: "settled", unit: "ms", measured: { median: 1234.5, min: 900, max: 2000 } };

function part(figure: Partial<Figure> = {}): PartReport {
  const writes = { what: "writes", unit: "", measured: { median: 3, min: 2, max: 5 }, goal: { atMost: 5 }, ...figure };
  return { part: "burst", about: "100 agents join", figures: [settled, writes] };
}

it("puts each measurement beside its goal", () => {
  expect(formatReport([part()])).toBe(
    [
      "100 agents join",
      "               median   min  max   goal",
      "      settled  1235 ms  900  2000",
      "pass  writes   3        2    5     at most 5",
      "",
    ].join("\n"),
  );
  expect(meetsGoals([part()])).toBe(true);
});

it("fails for the worst measurement of one goal, in either direction", () => {
  for (const goal of [{ atMost: 4 }, { atLeast: 3 }]) {
    const missed = part({ goal });
    expect(formatReport([missed])).toMatch(/^FAIL {2}writes/m);
    expect(meetsGoals([part(), missed])).toBe(false);
  }
});

it("tells a program the same", () => {
  expect(JSON.parse(formatJson([part({ goal: { atMost: 4 } })]))).toEqual({
    parts: [
      {
        part: "burst",
        about: "100 agents join",
        figures: [
          settled,
          { what: "writes", unit: "", measured: { median: 3, min: 2, max: 5 }, goal: { atMost: 4 }, met: false },
        ],
      },
    ],
  });
});
