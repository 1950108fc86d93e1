/**
 * Says how far apt has come, from the end of what it wrote with APT::Status-Fd: the newest
 * of "downloading, file 12 of 120", "unpacking openmpi-bin (amd64), 40 % done" and "waiting
 * for unattended-upgr (process 812), which holds dpkg's lock".
 *
 * Undefined where it tells of none. The lines are those of apt's README.progress-reporting.
 */
export function aptProgress(output: string): string | undefined {
  for (const line of output.split(/[\r\n]+/).toReversed()) {
    const text = progressOf(line);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Tells a line of apt's progress from what it says to people. */
export function isStatusLine(line: string): boolean {
  return /^(?:dlstatus|pmstatus|pmerror|pmconffile|media-change):/.test(line);
}

function progressOf(line: string): string | undefined {
  const [, process, name] = /lock \S+\. It is held by process (\d+) \((.+?)\)/.exec(line) ?? [];
  if (process !== undefined) return waitingFor({ pid: Number(process), name: name ?? "somebody", lock: "dpkg's lock" });
  const [, file, files] = /^dlstatus:\d+:[\d.]+:Retrieving file (\d+) of (\d+)/.exec(line) ?? [];
  if (file !== undefined) return `downloading, file ${file} of ${files}`;
  const [, percent, text] = /^pmstatus:.+?:(\d+)(?:\.\d+)?:(\S.*)$/.exec(line) ?? [];
  return text === undefined ? undefined : `${text.charAt(0).toLowerCase()}${text.slice(1, 100)}, ${percent} % done`;
}

/** Who holds a lock that apt needs. `lock` says of what, as "dpkg's lock"; `own` are jobs of the agent's. */
export type LockHolder = {
  readonly pid: number;
  readonly name: string;
  readonly lock: string;
  readonly own: boolean;
};

/** Says for whom an installation waits. */
export function waitingFor({ pid, name, lock }: Omit<LockHolder, "own">): string {
  return `waiting for ${name} (process ${pid}), which holds ${lock}`;
}
