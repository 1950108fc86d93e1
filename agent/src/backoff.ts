/**
 * Returns how long to wait after so many failures in a row (from 1): twice as long each
 * time, up to `mostMs`, and a random half of it less, so that many nodes do not come at once.
 *
 * `random` is from 0 up to and without 1.
 */
export function backoffMs(
  failures: number,
  limits: { readonly firstMs: number; readonly mostMs: number },
  random: number,
): number {
  const whole = Math.min(limits.firstMs * 2 ** Math.max(failures - 1, 0), limits.mostMs);
  return whole * (1 - random / 2);
}
