import { readFile } from "node:fs/promises";

/** A process for good: the kernel gives its number to another one later, but never with the same start time. */
export type ProcessIdentity = { readonly pid: number; readonly startTime: string };

/** Undefined if there is no such process, or only its corpse. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""); // gone before or while it is read: the same
  const { state, startTime } = parseStat(stat);
  return startTime === undefined || state === "Z" ? undefined : { pid, startTime };
}

export async function isAlive({ pid, startTime }: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(pid))?.startTime === startTime;
}

/** The kernel's name for the time since it started: what happened under another one is over. */
export async function readBootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
}

/** The process's number in its innermost PID namespace, and how many namespaces deep that is. */
export async function readNamespacePids(pid: number): Promise<readonly number[]> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return parseNamespacePids(status);
}

export function parseNamespacePids(status: string): readonly number[] {
  return /^NSpid:\s+(.+)$/m.exec(status)?.[1]?.split(/\s+/).map(Number) ?? [];
}

/** Fields 3 and 22 of proc_pid_stat(5). The name before them is in parentheses and may hold anything. */
export function parseStat(stat: string): {
  readonly state: string | undefined;
  readonly startTime: string | undefined;
} {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] || undefined, startTime: fields[19] };
}
