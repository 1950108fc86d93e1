/** Counts the members of a kernel's list of processors: "0-3,8" has five. Zero for what is no list. */
export function countProcessorList(list: string): number {
  let count = 0;
  for (const range of list.trim().split(",")) {
    const [, from, to = from] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(range) ?? [];
    if (from === undefined) return 0;
    count += Number(to) - Number(from) + 1;
  }
  return Math.max(count, 0);
}

/** Counts the processors that a process may be scheduled on, out of its /proc/PID/status. Undefined if it does not say. */
export function countAllowedProcessors(processStatus: string): number | undefined {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(processStatus)?.[1];
  const count = list === undefined ? 0 : countProcessorList(list);
  return count === 0 ? undefined : count;
}

/**
 * Counts physical cores out of /proc/cpuinfo: two threads of one core share its number.
 * Undefined on machines whose kernel does not tell, such as ARM's.
 */
export function countPhysicalCores(cpuinfo: string): number | undefined {
  const cores = new Set<string>();
  for (const processor of cpuinfo.split("\n\n")) {
    const socket = /^physical id\s*: (\d+)$/m.exec(processor)?.[1] ?? "0";
    const core = /^core id\s*: (\d+)$/m.exec(processor)?.[1];
    if (core !== undefined) cores.add(`${socket}:${core}`);
  }
  return cores.size === 0 ? undefined : cores.size;
}
