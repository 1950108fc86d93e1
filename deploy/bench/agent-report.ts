import type { PartReport } from "./figure.ts";
import type { Memory } from "./process-sample.ts";
import { type Spread, spreadOf } from "./spread.ts";

/** What an agent at rest was measured to cost. */
export type AgentMeasurements = {
  /** From the start of the process to its first answered call, over several starts. */
  readonly readyMs: Spread;
  /** In each start some seconds after it was ready, and after the window. */
  readonly memory: readonly Memory[];
  /** Over the window, in which the agent gave heartbeats and had nothing to mend. */
  readonly seconds: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly children: number;
};

const mebibyte = 1024 * 1024;

/** Puts the promises of the README beside what was measured. */
export function agentReport({ readyMs, memory, seconds, cpuPercent, children }: AgentMeasurements): PartReport {
  const mebibytes = (of: (sample: Memory) => number) => spreadOf(memory.map((sample) => of(sample) / mebibyte));
  return {
    part: "agent",
    about: `an agent at rest, over ${seconds} s:`,
    figures: [
      { what: "memory (RSS)", unit: "MiB", measured: mebibytes(({ resident }) => resident), goal: { atMost: 75 } },
      { what: "memory of its own", unit: "MiB", measured: mebibytes((own) => own.private), goal: { atMost: 25 } },
      { what: "processor, of a core", unit: "%", measured: spreadOf([cpuPercent]), goal: { atMost: 0.2 } },
      { what: "child processes", unit: "", measured: spreadOf([children]), goal: { atMost: 0 } },
      { what: "start to first answer", unit: "ms", measured: readyMs },
    ],
  };
}
