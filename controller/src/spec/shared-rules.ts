import { z } from "zod";
import { exportBreaches, type FolderOwner } from "./export-rules.ts";
import { clientsText, exportOptions } from "./feature-schema.ts";
import { defaultSharedPath, takenBy } from "./home-layout.ts";
import { contains, parseAddress, parseSubnet, type Subnet } from "./ipv4.ts";
import { quote } from "./printable.ts";
import type { RuleBreach } from "./rule-breach.ts";
import { plainPath } from "./text-schema.ts";

/** The fields of `shared` that rules look at; null where it is off or ill-formed, undefined for each that is ill-formed or not there. */
export const wellFormedShared = z
  .object({
    path: plainPath.nullable().catch(null).optional(), // null where it is ill-formed: then it has no default
    clients: clientsText.optional().catch(undefined),
    options: exportOptions.optional().catch(undefined),
  })
  .prefault({})
  .nullable()
  .catch(null);

type WellFormedShared = z.infer<typeof wellFormedShared>;

/** Returns the path of the folder that is shared; undefined where none is, and where nobody can tell. */
export function sharedPathOf(shared: WellFormedShared, home: string | undefined): string | undefined {
  if (shared === null) return undefined;
  const { path = home && defaultSharedPath(home) } = shared;
  return path ?? undefined;
}

/** What else the rules need to know; undefined where it is ill-formed. */
export type SharedSurroundings = {
  readonly owner: FolderOwner;
  readonly home: string | undefined;
  readonly hostfiles: readonly string[];
  readonly subnet: string | undefined;
  /** Those that mount. */
  readonly secondaries: Readonly<Record<string, { readonly address?: string | undefined }>>;
};

/** Lists what does not hold between the shared folder and the rest of a document. */
export function sharedBreaches(
  shared: WellFormedShared,
  { owner, home, hostfiles, subnet, secondaries }: SharedSurroundings,
): readonly RuleBreach[] {
  const { path, clients, options } = shared ?? {};
  return [
    ...(home === undefined || !path ? [] : pathBreaches(path, home, hostfiles)),
    ...(clients === undefined || subnet === undefined ? [] : clientBreaches(clients, subnet, secondaries)),
    ...(options === undefined ? [] : exportBreaches(options, owner)),
  ];
}

/** A mount hides what lies at its place: over the home or the keys, nobody could log in any more. */
function pathBreaches(path: string, home: string, hostfiles: readonly string[]): readonly RuleBreach[] {
  const breach = (message: string) => [{ path: ["shared", "path"], place: "value" as const, message }];
  const hint = `choose one such as ${quote(defaultSharedPath(home))}`;
  if (`${home}/`.startsWith(`${path}/`)) return breach(`${quote(path)} would hide the user's home and keys: ${hint}`);
  if (!path.startsWith(`${home}/`)) return breach(`${quote(path)} is not in the user's home: ${hint}`);
  const taken = takenBy(home, path);
  if (taken !== undefined) return breach(`${quote(path)} would hide ${taken}: ${hint}`);
  if (path.slice(home.length + 1).includes("/")) return breach(`${quote(path)} is not directly in the home: ${hint}`);
  return hostfiles.includes(path) ? breach(`${quote(path)} is the hostfile: ${hint}`) : [];
}

/** The network is the boundary: NFS believes whoever comes from it. */
function clientBreaches(
  clients: string,
  subnetForm: string,
  secondaries: SharedSurroundings["secondaries"],
): readonly RuleBreach[] {
  const [network, subnet] = [parseSubnet(clients), parseSubnet(subnetForm)];
  if (network === undefined || subnet === undefined) return [];
  const breach = (message: string) => [{ path: ["shared", "clients"], place: "value" as const, message }];
  if (!isWithin(network, subnet)) {
    const choice = `name ${subnetForm} or a part of it, or "*" if whoever reaches the primary may mount`;
    return breach(`${clients} reaches beyond the cluster's network: ${choice}`);
  }
  const left = Object.entries(secondaries).find(([, { address }]) => {
    const number = parseAddress(address ?? "");
    return number !== undefined && contains(subnet, number) && !contains(network, number);
  });
  if (left === undefined) return [];
  return breach(`${clients} leaves out ${left[0]}, which has ${left[1].address}`);
}

function isWithin(inner: Subnet, outer: Subnet): boolean {
  return inner.base >= outer.base && inner.broadcast <= outer.broadcast;
}
