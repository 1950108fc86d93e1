import { toNumber } from "./subnet.ts";

/** An IPv4 route of the main table. Numbers are addresses as toNumber makes them. */
export type Route = {
  readonly device: string;
  readonly destination: number;
  readonly mask: number;
  readonly metric: number;
};

/** Reads /proc/net/route (proc_net(5)), whose numbers are in the machine's own byte order: little endian. Pure. */
export function parseRoutes(text: string): readonly Route[] {
  const routes: Route[] = [];
  for (const line of text.split("\n").slice(1)) {
    const [device = "", destination = "", , flags = "", , , metric = "", mask = ""] = line.trim().split(/\s+/);
    const isUp = (Number.parseInt(flags, 16) & 1) === 1; // RTF_UP
    if (!isUp || !/^[0-9A-F]{8}$/i.test(destination) || !/^[0-9A-F]{8}$/i.test(mask)) continue;
    routes.push({ device, destination: swapped(destination), mask: swapped(mask), metric: Number(metric) });
  }
  return routes;
}

/** Tells through which interfaces packets may leave the machine for places that it knows nothing of. */
export function defaultDevices(routes: readonly Route[]): ReadonlySet<string> {
  return new Set(routes.filter(({ mask }) => mask === 0).map(({ device }) => device));
}

/** Names the interface that packets to an IPv4 address leave through: the longest prefix, then the lowest metric. */
export function deviceTowards(address: string, routes: readonly Route[]): string | undefined {
  const target = toNumber(address);
  const fitting = routes.filter(({ destination, mask }) => (target & mask) >>> 0 === destination);
  return fitting.sort((a, b) => b.mask - a.mask || a.metric - b.metric)[0]?.device;
}

function swapped(hex: string): number {
  return Buffer.from(hex, "hex").readUInt32LE();
}
