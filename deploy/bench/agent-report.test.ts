import { describe, expect, it } from "vitest";
import { type AgentReport, formatAgentReport, meetsGoals } from "./agent-report.ts";

const mebibyte = 1024 * 1024;
const same = (value: number) => ({ median: value, min: value, max: value });

function report(rest: Partial<AgentReport["rest"]> = {}): AgentReport {
  return {
    readyMs: { median: 130, min: 120, max: 150 },
    residentBytes: same(66 * mebibyte),
    privateBytes: same(20 * mebibyte),
    rest: {
      seconds: 60,
      memory: { resident: 68 * mebibyte, private: 21 * mebibyte },
      cpuPercent: 0.1,
      children: 0,
      ...rest,
    },
  };
}

describe("the agent's report", () => {
  it("puts each measurement beside its goal", () => {
    expect(formatAgentReport(report())).toBe(
      [
        "an agent at rest, over 60 s:",
        "pass  memory (RSS)       68 MiB, goal at most 75",
        "pass  memory of its own  21 MiB, goal at most 25",
        "pass  processor          0.1 % of a core, goal at most 0.2",
        "pass  child processes    0, goal at most 0",
        "      ready in 130 ms (120 to 150)",
        "",
      ].join("\n"),
    );
    expect(meetsGoals(report())).toBe(true);
  });

  it("fails for one goal that is missed", () => {
    const missed = report({ children: 1 });
    expect(formatAgentReport(missed)).toContain("FAIL  child processes    1, goal at most 0");
    expect(meetsGoals(missed)).toBe(false);
  });
});
