import { readFile, stat } from "node:fs/promises";
import { jobsSlice } from "../../jobs/unit-command.ts";
import type { LockHolder } from "./apt-progress.ts";

/** What apt and dpkg lock, in the order in which they do. */
const locks = [
  { path: "/var/lib/dpkg/lock-frontend", lock: "dpkg's lock" },
  { path: "/var/lib/dpkg/lock", lock: "dpkg's lock" },
  { path: "/var/lib/apt/lists/lock", lock: "the lock of the package lists" },
  { path: "/var/cache/apt/archives/lock", lock: "the lock of downloaded packages" },
] as const;

/**
 * Finds a process that holds a lock which apt needs; a job of ours only where nobody else does.
 * Undefined where there is none, or none that can be seen. Starts no child process.
 *
 * fcntl(2) would name the holder too, but Node cannot call it; /proc/locks lists them all.
 */
export async function findLockHolder(root: string): Promise<LockHolder | undefined> {
  const table = await readFile("/proc/locks", "utf8").catch(() => "");
  let ours: LockHolder | undefined;
  for (const { path, lock } of locks) {
    const entry = await stat(`${root}${path}`).catch(() => undefined); // absent until apt's first use
    const pid = entry === undefined ? undefined : holderOf(table, entry);
    if (pid === undefined) continue;
    const cgroup = await readFile(`/proc/${pid}/cgroup`, "utf8").catch(() => undefined);
    if (cgroup === undefined) continue; // gone meanwhile
    const name = (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")).trim();
    const holder = { pid, name: name || "somebody", lock, own: cgroup.includes(`/${jobsSlice}/`) };
    if (!holder.own) return holder;
    ours ??= holder;
  }
  return ours;
}

/**
 * Finds in the text of /proc/locks the process that holds a lock on a file, by its device and
 * inode: "1: POSIX  ADVISORY  WRITE 812 fe:00:2321231 0 EOF" (proc_locks(5)). Those who wait
 * for one have an arrow before the word POSIX. Pure.
 */
export function holderOf(
  table: string,
  { dev, ino }: { readonly dev: number; readonly ino: number },
): number | undefined {
  const hex = (part: number) => part.toString(16).padStart(2, "0");
  const minor = (dev & 0xff) | (Math.floor(dev / 2 ** 12) & 0xfff00); // as glibc's gnu_dev_minor
  const major = Math.floor(dev / 2 ** 8) & 0xfff;
  const file = `${hex(major)}:${hex(minor)}:${ino}`;
  for (const [, pid, locked] of table.matchAll(/^\d+: POSIX +\S+ +WRITE +(\d+) (\S+) /gm)) {
    if (locked === file && Number(pid) > 0) return Number(pid);
  }
  return undefined;
}
