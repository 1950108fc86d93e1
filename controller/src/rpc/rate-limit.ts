/** How many calls an address may make: `burst` at once, and `perSecond` in the long run. */
export type Rate = { readonly burst: number; readonly perSecond: number };

/** Takes one call of an address into account and tells whether it may be made. */
export type RateLimit = (address: string) => boolean;

/**
 * Counts with one token bucket an address. `monotonic` is in milliseconds.
 *
 * Addresses whose bucket is full again are forgotten, so a flood of addresses costs memory
 * only while it lasts.
 */
export function createRateLimit({ burst, perSecond }: Rate, monotonic: () => number): RateLimit {
  const buckets = new Map<string, { readonly tokens: number; readonly at: number }>();
  const levelOf = ({ tokens, at }: { tokens: number; at: number }, now: number) =>
    Math.min(burst, tokens + ((now - at) / 1000) * perSecond);

  return (address) => {
    const now = monotonic();
    for (const [other, bucket] of buckets) if (levelOf(bucket, now) >= burst) buckets.delete(other);
    const level = levelOf(buckets.get(address) ?? { tokens: burst, at: now }, now);
    const admitted = level >= 1;
    buckets.set(address, { tokens: admitted ? level - 1 : level, at: now });
    return admitted;
  };
}
