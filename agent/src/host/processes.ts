/** The machine's processes, as the kernel's /proc tells them. No child process is started for any of it. */
export interface Processes {
  /** Looks at all processes once. What waits in the kernel, and what has ended, tells no `argv` and is no rank. */
  look(uid: number): Promise<ProcessTable>;
  /** Sends a signal to a process, and to no other that has come by its number since. Harmless if it is gone. */
  signal(process: ProcessIdentity, signal: "SIGTERM" | "SIGKILL"): void;
  /** Whether the process itself still runs. A zombie does not. */
  lives(process: ProcessIdentity): boolean;
}

/** A process for as long as the machine runs: numbers are used again, moments are not. */
export type ProcessIdentity = {
  readonly pid: number;
  /** In the kernel's ticks since boot. */
  readonly startedAt: number;
};

export type Process = ProcessIdentity & {
  readonly parent: number;
  readonly uid: number;
  /** Its name, cut to 15 characters as the kernel keeps it. */
  readonly program: string;
  readonly ageMs: number;
  /** Only of the processes that were asked for; else empty. */
  readonly argv: readonly string[];
  /** Whether an MPI launcher gave it the number of a rank, or it was started by what had one. Only of those asked for. */
  readonly isRank: boolean;
};

export type ProcessTable = {
  readonly processes: readonly Process[];
  /** The far ports of the user's TCP connections that stand. */
  readonly connectedPorts: ReadonlySet<number>;
};
