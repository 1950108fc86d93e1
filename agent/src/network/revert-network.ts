import type { Netplan } from "../host/netplan.ts";
import type { Log } from "../log.ts";
import { failureReason } from "../resources/failure-reason.ts";
import { liveRepairs } from "./live-repairs.ts";
import type { LiveState } from "./live-state.ts";
import type { Pending } from "./pending.ts";

type RevertDeps = {
  readonly netplan: Netplan;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  readonly log: Log;
};

const applySeconds = 60;

/** A lease takes a moment to come back by itself. */
const looks = 12;
const betweenLooksMs = 1_000;

/**
 * Puts the old files back, has netplan apply them where the new ones may be in force, and
 * gives the interfaces back what they do not get that way. Returns what did not work, in words.
 *
 * Safe to repeat from any point. Rejects where a file cannot be put back: that is to be tried
 * again, for as long as it takes.
 */
export async function revertNetwork(
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
  for (const { path, file } of pending.before) {
    if (file === undefined) await netplan.remove(path);
    else await netplan.replace(path, file);
  }
  if (!inForce) {
    await attempt(netplan.generate(`${pending.id}-old`, life)); // what netplan made of the new files goes too
    return [];
  }
  await attempt(netplan.apply(`${pending.id}-old`, applySeconds, life));
  const before = booted ? withoutLeases(pending.live) : pending.live;
  const devices = new Set(pending.devices);
  const missing = async () => liveRepairs(before, await netplan.live(life), devices);
  for (let look = 0; look < looks && (await missing()).length > 0; look += 1) await sleep(betweenLooksMs, life);
  for (const command of await missing()) {
    log.warn({ command: command.join(" ") }, "the running network is put back by hand");
    await attempt(netplan.tell(command, life));
  }
  return trouble;
}

/** After a boot, nobody knows how long a lease of before was good for. */
function withoutLeases({ addresses, routes }: LiveState): LiveState {
  return {
    addresses: addresses.filter(({ validSeconds }) => validSeconds === undefined),
    routes: routes.filter(({ protocol }) => protocol !== "dhcp"),
  };
}
