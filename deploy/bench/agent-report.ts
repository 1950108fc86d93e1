import type { Memory } from "./process-sample.ts";
import type { Spread } from "./spread.ts";

/** What an agent at rest was measured to cost. */
export type AgentReport = {
  /** From the start of the process to its first answered call, over several starts. */
  readonly readyMs: Spread;
  /** In each start, some seconds after it was ready. */
  readonly residentBytes: Spread;
  readonly privateBytes: Spread;
  /** Over the window, in which the agent gave heartbeats and had nothing to mend. */
  readonly rest: {
    readonly seconds: number;
    readonly memory: Memory;
    /** Of one core. */
    readonly cpuPercent: number;
    readonly children: number;
  };
};

type Line = { readonly what: string; readonly measured: number; readonly goal: number; readonly unit: string };

const mebibyte = 1024 * 1024;

/** The promises of the README, each beside what was measured. */
function goals({ rest, residentBytes, privateBytes }: AgentReport): readonly Line[] {
  return [
    {
      what: "memory (RSS)",
      measured: Math.max(rest.memory.resident, residentBytes.median) / mebibyte,
      goal: 75,
      unit: "MiB",
    },
    {
      what: "memory of its own",
      measured: Math.max(rest.memory.private, privateBytes.median) / mebibyte,
      goal: 25,
      unit: "MiB",
    },
    { what: "processor", measured: rest.cpuPercent, goal: 0.2, unit: "% of a core" },
    { what: "child processes", measured: rest.children, goal: 0, unit: "" },
  ];
}

/** Tells whether every goal is met. */
export function meetsGoals(report: AgentReport): boolean {
  return goals(report).every(({ measured, goal }) => measured <= goal);
}

/** Renders the report for people, a line for each goal. */
export function formatAgentReport(report: AgentReport): string {
  const { readyMs, rest } = report;
  const lines = goals(report).map(({ what, measured, goal, unit }) => {
    const verdict = measured <= goal ? "pass" : "FAIL";
    return `${verdict}  ${what.padEnd(18)} ${format(measured)} ${unit}`.trimEnd().concat(`, goal at most ${goal}\n`);
  });
  const ready = `      ready in ${format(readyMs.median)} ms (${format(readyMs.min)} to ${format(readyMs.max)})\n`;
  return `an agent at rest, over ${rest.seconds} s:\n${lines.join("")}${ready}`;
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
