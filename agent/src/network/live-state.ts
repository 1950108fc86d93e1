import { numberOf, type Tree, textOf, treeOf, treesOf } from "./json-tree.ts";

/** An IPv4 address that an interface holds. */
export type LiveAddress = {
  readonly device: string;
  /** In CIDR form. */
  readonly cidr: string;
  /** How long a lease still makes it good. Undefined where it does not end. */
  readonly validSeconds: number | undefined;
};

/** An IPv4 route that somebody set; those that come with addresses are not told. */
export type LiveRoute = {
  /** "default", or a network in CIDR form. */
  readonly to: string;
  readonly device: string;
  readonly via: string | undefined;
  readonly source: string | undefined;
  readonly metric: number | undefined;
  /** Who set it, as ip-route(8) names it: "dhcp", "static". */
  readonly protocol: string | undefined;
};

/** What `ip -json` tells of the running network. */
export type LiveState = { readonly addresses: readonly LiveAddress[]; readonly routes: readonly LiveRoute[] };

/** ip writes 2^32 - 1 where an address is good for ever. */
const forever = 4_294_967_295;

/** Reads the outputs of `ip -json -4 address show` and `ip -json -4 route show table main`. Throws SyntaxError for what is no JSON. Pure. */
export function parseLiveState(addresses: string, routes: string): LiveState {
  return {
    addresses: treesOf(JSON.parse(addresses)).flatMap(addressesOf),
    routes: treesOf(JSON.parse(routes)).flatMap(routeOf),
  };
}

/** Reads a LiveState as JSON.stringify wrote it. What is not one is an empty one. Pure. */
export function liveStateOf(value: unknown): LiveState {
  const tree = treeOf(value);
  return {
    addresses: treesOf(tree.get("addresses")).flatMap((one) => {
      const device = textOf(one.get("device"));
      const cidr = textOf(one.get("cidr"));
      return device && cidr ? { device, cidr, validSeconds: numberOf(one.get("validSeconds")) } : [];
    }),
    routes: treesOf(tree.get("routes")).flatMap((one) => {
      const to = textOf(one.get("to"));
      const device = textOf(one.get("device"));
      const rest = {
        via: textOf(one.get("via")),
        source: textOf(one.get("source")),
        metric: numberOf(one.get("metric")),
      };
      return to && device ? { to, device, ...rest, protocol: textOf(one.get("protocol")) } : [];
    }),
  };
}

function addressesOf(link: Tree): readonly LiveAddress[] {
  const device = textOf(link.get("ifname"));
  return treesOf(link.get("addr_info")).flatMap((info) => {
    const local = textOf(info.get("local"));
    const length = numberOf(info.get("prefixlen"));
    if (!device || !local || length === undefined || info.get("family") !== "inet" || info.get("scope") !== "global")
      return [];
    const valid = numberOf(info.get("valid_life_time"));
    return {
      device,
      cidr: `${local}/${length}`,
      validSeconds: valid === undefined || valid >= forever ? undefined : valid,
    };
  });
}

function routeOf(route: Tree): readonly LiveRoute[] {
  const to = textOf(route.get("dst"));
  const device = textOf(route.get("dev"));
  const protocol = textOf(route.get("protocol"));
  if (!to || !device || protocol === "kernel") return [];
  const rest = {
    via: textOf(route.get("gateway")),
    source: textOf(route.get("prefsrc")),
    metric: numberOf(route.get("metric")),
  };
  return [{ to, device, ...rest, protocol }];
}
