import { setTimeout as sleep } from "node:timers/promises";

/** What was waited for did not come about. */
export class WaitedInVainError extends Error {
  override readonly name = "WaitedInVainError";
}

/**
 * Looks again and again until `look` returns something, and returns that.
 *
 * Throws WaitedInVainError, naming `what`, after `timeoutMs`.
 */
export async function waitFor<Found>(
  what: string,
  look: () => Promise<Found | undefined>,
  { timeoutMs, everyMs = 100 }: { readonly timeoutMs: number; readonly everyMs?: number },
): Promise<Found> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new WaitedInVainError(`waited ${timeoutMs / 1000} s in vain for ${what}`);
    await sleep(everyMs);
  }
}
