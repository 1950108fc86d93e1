import type { LiveAddress, LiveRoute, LiveState } from "./live-state.ts";

/** A command of ip(8), without the program's name. */
export type IpCommand = readonly string[];

/**
 * Lists what ip(8) must be told so that the interfaces named in `devices` hold the addresses
 * and routes of before again. Nothing where they do. Pure.
 *
 * Nothing is taken away: what an interface holds beside them came with the old files, such
 * as its address when the cable is back. What was leased is given back for as long as the
 * lease had still to run, and not beside another lease.
 */
export function liveRepairs(before: LiveState, now: LiveState, devices: ReadonlySet<string>): readonly IpCommand[] {
  const addresses = before.addresses.filter(
    (one) =>
      devices.has(one.device) &&
      !now.addresses.some((other) => sameAddress(one, other)) &&
      (one.validSeconds === undefined || !isLeased(one.device, now.addresses)),
  );
  const routes = before.routes.filter(
    (one) => devices.has(one.device) && !now.routes.some((other) => sameRoute(one, other)),
  );
  return [...addresses.map(addressCommand), ...routes.map((one) => ["route", "replace", ...routeWords(one)])];
}

function addressCommand({ device, cidr, validSeconds }: LiveAddress): IpCommand {
  const life = validSeconds === undefined ? [] : ["valid_lft", `${validSeconds}`, "preferred_lft", `${validSeconds}`];
  return ["address", "replace", cidr, "brd", "+", "dev", device, ...life];
}

function routeWords({ to, device, via, source, metric, protocol }: LiveRoute): readonly string[] {
  const words: readonly (readonly [string, string | number | undefined])[] = [
    ["via", via],
    ["dev", device],
    ["proto", protocol],
    ["src", source],
    ["metric", metric],
  ];
  return [to, ...words.flatMap(([word, value]) => (value === undefined ? [] : [word, `${value}`]))];
}

function isLeased(device: string, addresses: readonly LiveAddress[]): boolean {
  return addresses.some((one) => one.device === device && one.validSeconds !== undefined);
}

function sameAddress(a: LiveAddress, b: LiveAddress): boolean {
  return a.device === b.device && a.cidr === b.cidr;
}

function sameRoute(a: LiveRoute, b: LiveRoute): boolean {
  return a.to === b.to && a.device === b.device && a.via === b.via && a.metric === b.metric;
}
