import { readdir, readFile, stat } from "node:fs/promises";
import type { Ranks } from "../ranks.ts";
import { isRankEnvironment } from "./process-table.ts";

/** The processes below `proc`, which is proc(5). One after another, so that one that hangs holds up one thread alone. */
export function createLinuxRanks(proc = "/proc"): Ranks {
  return {
    async count(uid) {
      let ranks = 0;
      for (const pid of await readdir(proc)) {
        if (/^[0-9]+$/.test(pid) && (await isRank(`${proc}/${pid}`, uid))) ranks += 1;
      }
      return ranks;
    },
  };
}

/** A process that ended meanwhile, or that keeps its environment to itself, is none. */
async function isRank(folder: string, uid: number): Promise<boolean> {
  try {
    if ((await stat(folder)).uid !== uid) return false;
    return isRankEnvironment(await readFile(`${folder}/environ`, "latin1"));
  } catch {
    return false; // ENOENT, ESRCH or EACCES, as the moment has it
  }
}
