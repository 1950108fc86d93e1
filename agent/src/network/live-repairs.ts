import type { LiveAddress, LiveRoute, LiveState } from "./live-state.ts";

/** A command of ip(8), without the program's name. */
export type IpCommand = readonly string[];

/**
 * Lists what ip(8) must be told so that the interfaces named in `devices` hold the addresses
 * and routes of before again, and no other that was set by hand or by a file. Nothing where
 * all is as it was. Pure.
 *
 * What was leased is given back for as long as the lease had still to run.
 */
export function liveRepairs(before: LiveState, now: LiveState, devices: ReadonlySet<string>): readonly IpCommand[] {
  const ours = <One extends { readonly device: string }>(all: readonly One[]) =>
    all.filter(({ device }) => devices.has(device));
  const [addressesBefore, addressesNow] = [ours(before.addresses), ours(now.addresses)];
  const [routesBefore, routesNow] = [ours(before.routes), ours(now.routes)];
  const lost = addressesBefore.filter((one) => !addressesNow.some((other) => sameAddress(one, other)));
  const added = addressesNow.filter((one) => !addressesBefore.some((other) => sameAddress(one, other)));
  // A lease that came with the old files is theirs, whether or not it is the one of before.
  const superfluous = added.filter(({ validSeconds }) => validSeconds === undefined);
  const missing = lost.filter((one) => one.validSeconds === undefined || !isLeased(one.device, addressesNow));
  const missingRoutes = routesBefore.filter((one) => !routesNow.some((other) => sameRoute(one, other)));
  const superfluousRoutes = routesNow.filter(
    (one) => one.protocol !== "dhcp" && !routesBefore.some((other) => sameRoute(one, other)),
  );
  return [
    ...superfluousRoutes.map((one) => ["route", "del", ...routeWords(one)]),
    ...superfluous.map(({ device, cidr }) => ["address", "del", cidr, "dev", device]),
    ...missing.map(addressCommand),
    ...missingRoutes.map((one) => ["route", "replace", ...routeWords(one)]),
  ];
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
