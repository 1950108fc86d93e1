import { setTimeout as sleep } from "node:timers/promises";

/** What was waited for did not come about. */
export class WaitedInVainError extends Error {
  override readonly name = "WaitedInVainError";
}

/** A pause is at least so many times what the look took, or on an emulated machine what is waited for waits for the looks. */
const PAUSE_TO_LOOK = 2;

/**
 * Looks again and again until `look` returns something, and returns that. Between two looks
 * it pauses `everyMs` at least, and longer where a look itself is work for the machine.
 *
 * Throws WaitedInVainError, naming `what`, after `timeoutMs`.
 */
export async function waitFor<Found>(
  what: string,
  look: () => Promise<Found | undefined>,
  { timeoutMs, everyMs = 250 }: { readonly timeoutMs: number; readonly everyMs?: number },
): Promise<Found> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const began = performance.now();
    const found = await look();
    if (found !== undefined) return found;
    const now = performance.now();
    if (now > deadline) throw new WaitedInVainError(`waited ${timeoutMs / 1000} s in vain for ${what}`);
    await sleep(Math.max(everyMs, (now - began) * PAUSE_TO_LOOK));
  }
}
