import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterStore } from "@cowherd/controller";
import { waitFor } from "../../cluster/wait-for.ts";
import type { PartReport } from "../figure.ts";
import { spreadOf } from "../spread.ts";
import { playedMachines } from "./machine.ts";
import { openStage } from "./stage.ts";
import { startTroupe } from "./troupe.ts";

export type BurstOptions = {
  /** How many agents come at once, beside the primary's. */
  readonly agents: number;
  readonly runs: number;
  /** How long a launch is played to take. Milliseconds. */
  readonly launchMs: number;
  readonly openStore: (path: string) => ClusterStore;
  readonly report: (line: string) => void;
};

/** What one burst cost. Times in milliseconds. */
type Burst = {
  /** From the agents' start until the primary's agent held the hostfile with all of them. */
  readonly settledMs: number;
  /** How many hostfiles it wrote meanwhile. */
  readonly writes: number;
  /** How late the controller's thread came to whatever was due. */
  readonly delay: { readonly p99Ms: number; readonly mostMs: number };
  /** What the controller's thread spent on a processor. */
  readonly cpuMs: number;
};

const patienceMs = 300_000;
const calmMs = 1_500; // the primary's own hostfile belongs to no burst
const lookMs = 10;

/**
 * Measures a controller whose nodes all come at once: real connections with mutual TLS, the
 * product's timing, a record on a disk; played agents, which do at once what they are asked.
 */
export async function benchBurst(options: BurstOptions): Promise<PartReport> {
  const { agents, runs, launchMs, report } = options;
  const bursts: Burst[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const burst = await measureBurst(options);
    report(`burst ${run} of ${runs}: settled in ${burst.settledMs.toFixed(0)} ms, ${burst.writes} hostfiles`);
    bursts.push(burst);
  }
  const figure = (what: string, unit: string, of: (burst: Burst) => number) => ({
    what,
    unit,
    measured: spreadOf(bursts.map(of)),
  });
  return {
    part: "burst",
    about: `${agents} played agents come at once, with launches of ${launchMs} ms, over ${runs} runs:`,
    figures: [
      { ...figure("hostfiles written", "", ({ writes }) => writes), goal: { atMost: 5 } },
      figure("until all are listed", "ms", ({ settledMs }) => settledMs),
      figure("event loop late, p99", "ms", ({ delay }) => delay.p99Ms),
      figure("event loop late, most", "ms", ({ delay }) => delay.mostMs),
      figure("controller's processor", "ms", ({ cpuMs }) => cpuMs),
    ],
  };
}

async function measureBurst({ agents, launchMs, openStore }: BurstOptions): Promise<Burst> {
  await using stage = await openStage(playedMachines(agents), openStore);
  await using troupe = startTroupe({ members: stage.members, launchMs });
  const untilLines = (lines: number) =>
    Promise.race([
      waitFor(`a hostfile of ${lines} lines`, async () => (troupe.written.at(-1) === lines ? true : undefined), {
        timeoutMs: patienceMs,
        everyMs: lookMs,
      }),
      troupe.failed,
    ]);
  await untilLines(1);
  await sleep(calmMs);

  const delays = monitorEventLoopDelay({ resolution: lookMs });
  const before = { written: troupe.written.length, cpu: process.threadCpuUsage(), at: performance.now() };
  delays.enable();
  troupe.enter();
  await untilLines(agents + 1);
  const settledMs = performance.now() - before.at;
  delays.disable();
  const { user, system } = process.threadCpuUsage(before.cpu);
  await sleep(calmMs); // another hostfile, were there one, would count too
  return {
    settledMs,
    writes: troupe.written.length - before.written,
    delay: { p99Ms: lateness(delays.percentile(99)), mostMs: lateness(delays.max) },
    cpuMs: (user + system) / 1_000,
  };
}

/** The histogram has the whole gap between two looks, in nanoseconds. */
function lateness(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - lookMs);
}
