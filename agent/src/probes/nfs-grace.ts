import type { Clock } from "../clock.ts";

/** The kernel's own is 90 s, and may be prolonged while clients still reclaim their files. */
const mostMs = 120_000;
const lookMs = 1_000;

/**
 * Waits until this machine's NFS server lets its clients open files, which it does not for a while
 * after each start: until then whoever opens one there waits, and nothing is wrong.
 *
 * Resolves with why it is not so far, or undefined where it is. Rejects with the signal's reason alone.
 */
export async function waitOutGrace(
  isInGrace: () => Promise<boolean>,
  clock: Pick<Clock, "now" | "sleep">,
  signal: AbortSignal,
): Promise<string | undefined> {
  const until = clock.now() + mostMs;
  while (await isInGrace()) {
    if (clock.now() >= until)
      return `the primary's NFS server has been in its grace period for ${mostMs / 1_000} s, and lets nobody open a file`;
    await clock.sleep(lookMs, signal);
    signal.throwIfAborted();
  }
  return undefined;
}
