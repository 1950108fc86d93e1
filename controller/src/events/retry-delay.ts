const firstMs = 250;
const longestMs = 30_000;

/**
 * Tells how long to wait after so many failures in a row: about twice as long each time, up to
 * half a minute. `random`, from 0 to less than 1, takes up to a half off, so that not all come back at once.
 */
export function retryDelayMs(failures: number, random: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 16));
  return full * (1 - random / 2);
}
