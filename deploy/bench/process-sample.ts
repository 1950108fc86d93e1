/** What a process holds in memory, in bytes. */
export type Memory = {
  /** All of its pages that are in memory, those of the node binary among them. */
  readonly resident: number;
  /** Those that no other process shares. */
  readonly private: number;
};

/** What a process has used since it started. */
export type Usage = {
  /** Time on a processor, its own and in the kernel for it, in milliseconds; in steps of 10. */
  readonly cpuMs: number;
  /** Page faults of children that ended: more of them than before means that there was a child. */
  readonly childFaults: number;
};

const kibibyte = 1024;
const tickMs = 10; // USER_HZ is 100 on every architecture that Node has builds for

/** Parses /proc/PID/smaps_rollup, proc_pid_smaps(5). */
export function parseMemory(rollup: string): Memory {
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(rollup)?.[1] ?? Number.NaN);
  return {
    resident: field("Rss") * kibibyte,
    private: (field("Private_Clean") + field("Private_Dirty")) * kibibyte,
  };
}

/** Parses /proc/PID/stat, proc_pid_stat(5). The second field is a name that may hold anything, brackets too. */
export function parseUsage(stat: string): Usage {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3] ?? Number.NaN); // as the man page counts
  return { cpuMs: (field(14) + field(15)) * tickMs, childFaults: field(11) + field(13) };
}

/** Parses /proc/PID/task/TID/children, proc_tid_children(5). */
export function parseChildren(children: string): readonly number[] {
  return children.split(" ").flatMap((pid) => (pid.trim() === "" ? [] : [Number(pid)]));
}
