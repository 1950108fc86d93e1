/** A network in CIDR form, read. Addresses are unsigned 32-bit numbers. */
export type Subnet = { readonly base: number; readonly broadcast: number; readonly prefix: number };

/** Reads dotted IPv4. Undefined for all else, also for octets with a leading zero, which some programs read as octal. */
export function parseAddress(text: string): number | undefined {
  const octets = text.split(".");
  if (octets.length !== 4 || !octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256)) {
    return undefined;
  }
  return octets.reduce((address, octet) => address * 256 + Number(octet), 0);
}

/** Writes an address as dotted IPv4. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** Reads "192.168.56.0/24". Undefined where it is not that form; host bits are cut off, not refused. */
export function parseSubnet(text: string): Subnet | undefined {
  const [, address = "", bits = ""] = /^([\d.]+)\/(0|[1-9]\d?)$/.exec(text) ?? [];
  const any = parseAddress(address);
  const prefix = Number(bits);
  if (any === undefined || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  const base = any - (any % size);
  return { base, broadcast: base + size - 1, prefix };
}

/** Tells whether an address lies in a network, its two reserved addresses included. */
export function contains({ base, broadcast }: Subnet, address: number): boolean {
  return address >= base && address <= broadcast;
}
