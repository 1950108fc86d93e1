/** Crockford's base 32: no I, L, O or U. */
const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * Makes a ULID of 26 characters: 48 bits of time (milliseconds since 1970), then 40 bits of a
 * count and 40 random ones.
 *
 * Two with different counts are never the same, and those of one millisecond sort as their
 * counts do, below 2^40. `random` is five bytes.
 */
export function ulidOf(time: number, count: bigint, random: Uint8Array): string {
  const bits =
    (BigInt(time) << 80n) | (BigInt.asUintN(40, count) << 40n) | BigInt(`0x${Buffer.from(random).toString("hex")}`);
  return Array.from({ length: 26 }, (_, at) => digits[Number((bits >> BigInt(5 * (25 - at))) & 31n)]).join("");
}
