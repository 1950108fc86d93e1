import { readFileSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import type { Process, Processes, ProcessIdentity } from "../processes.ts";
import { connectedPortsOf, isRankEnvironment, type ProcessStat, parseProcessStat } from "./process-table.ts";

const ticksPerSecond = 100; // USER_HZ, the same on every Linux that Node runs on

/** The processes of this machine. Reading a rank's environment takes CAP_SYS_PTRACE, even of root. */
export function createLinuxProcesses(): Processes {
  return {
    async look(uid) {
      const uptime = Number.parseFloat(await readFile("/proc/uptime", "utf8"));
      const numbers = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
      const processes: Process[] = [];
      for (const pid of numbers) {
        const process = await lookAt(pid, uid, uptime);
        if (process !== undefined) processes.push(process);
      }
      const tables = await Promise.all([readIfAny("/proc/net/tcp"), readIfAny("/proc/net/tcp6")]);
      return { processes, connectedPorts: new Set(tables.flatMap((table) => connectedPortsOf(table, uid))) };
    },

    signal(identity, signal) {
      if (!isThere(identity)) return;
      try {
        process.kill(identity.pid, signal); // nothing happens between the look and this but what the kernel does
      } catch {
        // It ended in the meantime.
      }
    },

    lives: isThere,
  };
}

async function lookAt(pid: number, uid: number, uptime: number): Promise<Process | undefined> {
  const found = parseProcessStat(await readIfAny(`/proc/${pid}/stat`));
  const owner = await stat(`/proc/${pid}`).catch(() => undefined);
  if (found === undefined || owner === undefined) return undefined;
  const { program, parent, startedAt } = found;
  const ageMs = Math.max(0, Math.round((uptime - startedAt / ticksPerSecond) * 1_000));
  const looked = owner.uid === uid && !isOutOfReach(found);
  const argv = looked ? (await readIfAny(`/proc/${pid}/cmdline`)).split("\0").slice(0, -1) : [];
  const isRank = looked && isRankEnvironment(await readIfAny(`/proc/${pid}/environ`));
  return { pid, startedAt, parent, uid: owner.uid, program, ageMs, argv, isRank };
}

/** What waits in the kernel may hold the lock of its memory, and whoever reads that memory would wait with it. */
function isOutOfReach({ state }: ProcessStat): boolean {
  return state === "D" || state === "Z" || state === "X";
}

function isThere({ pid, startedAt }: ProcessIdentity): boolean {
  try {
    const found = parseProcessStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
    return found !== undefined && found.startedAt === startedAt && found.state !== "Z" && found.state !== "X";
  } catch {
    return false; // it is gone
  }
}

/** Processes come and go while they are looked at, and some tell nothing to anyone. */
async function readIfAny(path: string): Promise<string> {
  return readFile(path, "latin1").catch(() => "");
}
