/** Several measurements of one thing. */
export type Spread = { readonly median: number; readonly min: number; readonly max: number };

/** Sums measurements up. Of an even number the median is the higher of the middle two. Throws RangeError without any. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [min, median, max] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  if (min === undefined || median === undefined || max === undefined) throw new RangeError("nothing was measured");
  return { median, min, max };
}

/** Divides two spreads: the middle by the middle, and the ends as far apart as they may be. */
export function ratioOf(dividend: Spread, divisor: Spread): Spread {
  return {
    median: dividend.median / divisor.median,
    min: dividend.min / divisor.max,
    max: dividend.max / divisor.min,
  };
}
