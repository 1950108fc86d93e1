import type { StoredFile } from "../host/files.ts";
import type { Netplan } from "../host/netplan.ts";
import type { Log } from "../log.ts";
import { failureReason } from "../resources/failure-reason.ts";
import { liveRepairs } from "./live-repairs.ts";
import type { LiveState } from "./live-state.ts";
import type { FormerFile, Pending } from "./pending.ts";

type RevertDeps = {
  readonly netplan: Netplan;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  readonly log: Log;
};

const applySeconds = 60;

/** A lease takes a moment to come back by itself. */
const looks = 12;
const betweenLooksMs = 1_000;

/** What came of putting the old files back. */
export type RestoredFiles = {
  /** Whether a file was written or removed, so that something is to be applied. */
  readonly changed: boolean;
  /** What could not be put back, and why, in words. */
  readonly unrestored: readonly string[];
};

/**
 * Puts back those of the old files that are not there as they were. A file that cannot be
 * put back, such as one that is immutable, keeps no other from it. Safe to repeat. Rejects
 * where `life` ended.
 */
export async function restoreFiles(
  before: readonly FormerFile[],
  netplan: Netplan,
  life: AbortSignal,
): Promise<RestoredFiles> {
  let changed = false;
  const unrestored: string[] = [];
  for (const { path, file } of before) {
    try {
      if (isSame(await netplan.read(path), file)) continue;
      if (file === undefined) await netplan.remove(path);
      else await netplan.replace(path, file);
      changed = true;
    } catch (error) {
      life.throwIfAborted();
      unrestored.push(`${path} is not as it was: ${failureReason(error)}`);
    }
  }
  return { changed, unrestored };
}

/**
 * Has netplan apply the old files where the new ones may be in force, and gives the
 * interfaces back what they do not get that way. Returns what did not work, in words. Safe
 * to repeat from any point. Rejects where `life` ended.
 */
export async function applyFormer(
  of: { readonly pending: Pending; readonly inForce: boolean; readonly booted: boolean },
  { netplan, sleep, log }: RevertDeps,
  life: AbortSignal,
): Promise<readonly string[]> {
  const { pending, inForce, booted } = of;
  const trouble: string[] = [];
  const attempt = async (work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      life.throwIfAborted();
      trouble.push(failureReason(error));
    }
  };
  if (!inForce) {
    await attempt(netplan.generate(`${pending.id}-old`, life)); // what netplan made of the new files goes too
    return [];
  }
  await attempt(netplan.apply(`${pending.id}-old`, applySeconds, life));
  const before = booted ? withoutLeases(pending.live) : pending.live;
  const devices = new Set(pending.devices);
  const missing = async () => liveRepairs(before, await netplan.live(life), devices);
  const repair = async () => {
    for (let look = 0; look < looks && (await missing()).length > 0; look += 1) await sleep(betweenLooksMs, life);
    for (const command of await missing()) {
      log.warn({ command: command.join(" ") }, "the running network is put back by hand");
      await attempt(netplan.tell(command, life));
    }
  };
  await attempt(repair());
  return trouble;
}

function isSame(now: StoredFile | undefined, then: StoredFile | undefined): boolean {
  if (now === undefined || then === undefined) return now === then;
  return now.content.equals(then.content) && now.mode === then.mode && now.uid === then.uid && now.gid === then.gid;
}

/** After a boot, nobody knows how long a lease of before was good for. */
function withoutLeases({ addresses, routes }: LiveState): LiveState {
  return {
    addresses: addresses.filter(({ validSeconds }) => validSeconds === undefined),
    routes: routes.filter(({ protocol }) => protocol !== "dhcp"),
  };
}
