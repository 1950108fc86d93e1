import type { Process, Processes } from "./processes.ts";

/** What a memory machine runs, and how it takes signals. */
export type MemoryProcessesSeed = {
  readonly processes?: readonly Process[];
  readonly connectedPorts?: readonly number[];
  /** The numbers of processes that only SIGKILL ends. */
  readonly stubborn?: readonly number[];
};

/** Processes in memory, which a test may change between two looks. `ended` are those that a signal ended. */
export type MemoryProcesses = Processes & {
  readonly ended: readonly { readonly pid: number; readonly signal: string }[];
  replace(processes: readonly Process[], connectedPorts?: readonly number[]): void;
};

/** Makes a machine's processes. It passes the contract that the real ones pass. */
export function createMemoryProcesses(seed: MemoryProcessesSeed = {}): MemoryProcesses {
  const ended: { pid: number; signal: string }[] = [];
  let processes = seed.processes ?? [];
  let connectedPorts = seed.connectedPorts ?? [];
  const find = ({ pid, startedAt }: { readonly pid: number; readonly startedAt: number }) =>
    processes.find((process) => process.pid === pid && process.startedAt === startedAt);
  return {
    ended,
    replace(next, ports = []) {
      processes = next;
      connectedPorts = ports;
    },
    async look(uid) {
      const seen = processes.map((process) =>
        process.uid === uid ? process : { ...process, argv: [], isRank: false },
      );
      return { processes: seen, connectedPorts: new Set(connectedPorts) };
    },
    signal(identity, signal) {
      const process = find(identity);
      if (process === undefined || (signal === "SIGTERM" && seed.stubborn?.includes(process.pid))) return;
      ended.push({ pid: process.pid, signal });
      processes = processes.filter((other) => other !== process);
    },
    lives: (identity) => find(identity) !== undefined,
  };
}
