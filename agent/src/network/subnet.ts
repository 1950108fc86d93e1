import { isIPv4 } from "node:net";

/** An IPv4 address with the length of its network's prefix. */
export type Cidr = { readonly address: string; readonly length: number };

/** Reads "192.168.56.11/24". Undefined for anything else. Pure. */
export function parseCidr(text: string): Cidr | undefined {
  const [, address = "", length = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  return isIPv4(address) && Number(length) <= 32 ? { address, length: Number(length) } : undefined;
}

/** Tells whether an address, in CIDR form or without a length, is of that network. Pure. */
export function isWithin({ address, length }: Cidr, other: string): boolean {
  const bare = addressOf(other);
  if (!isIPv4(bare)) return false;
  const size = 2 ** (32 - length);
  return Math.floor(toNumber(address) / size) === Math.floor(toNumber(bare) / size);
}

/** Returns an address without the length of its prefix. */
export function addressOf(cidr: string): string {
  return cidr.split("/")[0] ?? cidr;
}

/** Returns a dotted IPv4 address as a number below 2^32. */
export function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}
