import { nodeNameProblem } from "@cowherd/proto";
import { z } from "zod";
import type { FolderOwner } from "./export-rules.ts";
import { defaultHome } from "./home-layout.ts";
import { hostfileBreaches, hostfilePlaces } from "./hostfile-rules.ts";
import { wellFormedHostfile } from "./hostfile-schema.ts";
import { contains, formatAddress, parseAddress, parseSubnet } from "./ipv4.ts";
import type { RuleBreach } from "./rule-breach.ts";
import { sharedBreaches, sharedPathOf, wellFormedShared } from "./shared-rules.ts";
import {
  macText,
  maxSlotsField,
  roleText,
  slotsNumber,
  subnetField,
  uidField,
  userNameField,
  userNumber,
} from "./spec-schema.ts";
import { addressText, plainPath } from "./text-schema.ts";

/** The fields that rules look at; an ill-formed one is undefined, so that the rules on the others still speak. */
const wellFormedParts = z
  .object({
    subnet: subnetField.optional().catch(undefined),
    maxSlots: maxSlotsField.optional().catch(undefined),
    user: z
      .object({
        name: userNameField,
        uid: uidField.optional().catch(undefined),
        gid: userNumber.nullable().catch(null).optional(),
        home: plainPath.optional(),
      })
      .prefault({})
      .optional()
      .catch(undefined),
    hostfile: wellFormedHostfile,
    shared: wellFormedShared,
    nodes: z
      .record(
        z.string(),
        z
          .object({
            address: addressText.optional().catch(undefined),
            role: roleText.optional().catch("secondary"),
            slots: slotsNumber.optional().catch(undefined),
            mac: macText.optional().catch(undefined),
          })
          .catch({ address: undefined, role: undefined, slots: undefined, mac: undefined }),
      )
      .optional()
      .catch(undefined),
  })
  .catch({
    subnet: undefined,
    maxSlots: undefined,
    user: undefined,
    hostfile: { path: null, key: [], mpich: undefined, intel: undefined },
    shared: null,
    nodes: undefined,
  });

type Parts = z.infer<typeof wellFormedParts>;
type Nodes = NonNullable<Parts["nodes"]>;

/** The role that a node has where the spec names none. */
export function defaultRole(name: string): "primary" | "secondary" {
  return name === "primary" ? "primary" : "secondary";
}

/** Lists what does not hold between the fields of a document, of which some may be ill-formed. */
export function ruleBreaches(document: unknown): readonly RuleBreach[] {
  const { subnet, maxSlots, user, hostfile, shared, nodes } = wellFormedParts.parse(document);
  const home = user && (user.home ?? defaultHome(user.name));
  const hostfiles = hostfilePlaces(hostfile, home);
  // Told once: at the shared path where that is written, else at the hostfile.
  const unwritten = shared?.path === undefined ? sharedPathOf(shared, home) : undefined;
  const misplaced = [
    ...hostfileBreaches(hostfiles, home, unwritten),
    ...sharedBreaches(shared, {
      owner: ownerOf(user),
      home,
      hostfiles: hostfiles.map(({ path }) => path),
      subnet,
      secondaries: secondariesOf(nodes),
    }),
  ];
  if (nodes === undefined) return misplaced;
  return [
    ...misplaced,
    ...nameBreaches(nodes),
    ...addressBreaches(nodes, subnet),
    ...macBreaches(nodes),
    ...primaryBreaches(nodes),
    ...slotsBreaches(nodes, maxSlots),
  ];
}

/** A group that is ill-formed (null) is nobody's; one that is not named has the user's number. */
function ownerOf(user: Parts["user"]): FolderOwner {
  const { name, uid, gid = uid } = user ?? {};
  return { name, uid, gid: gid ?? undefined };
}

function secondariesOf(nodes: Nodes = {}): Nodes {
  return Object.fromEntries(
    Object.entries(nodes).filter(([name, { role = defaultRole(name) }]) => role === "secondary"),
  );
}

function nameBreaches(nodes: Nodes): readonly RuleBreach[] {
  return Object.keys(nodes).flatMap((name) => {
    const message = nodeNameProblem(name);
    return message === undefined ? [] : [{ path: ["nodes", name], place: "key" as const, message }];
  });
}

function addressBreaches(nodes: Nodes, subnetForm: string | undefined): readonly RuleBreach[] {
  const subnet = subnetForm === undefined ? undefined : parseSubnet(subnetForm);
  const owners = new Map<string, string>();
  const breaches: RuleBreach[] = [];
  for (const [name, { address = "" }] of Object.entries(nodes)) {
    const number = parseAddress(address);
    if (number === undefined) continue;
    const breach = (message: string) => ({ path: ["nodes", name, "address"], place: "value" as const, message });
    const owner = owners.get(address);
    if (owner === undefined) owners.set(address, name);
    else breaches.push({ ...breach(`${address} is also the address of ${owner}`), other: ["nodes", owner, "address"] });
    if (subnet === undefined) continue;
    const range = `${formatAddress(subnet.base + 1)} to ${formatAddress(subnet.broadcast - 1)}`;
    if (!contains(subnet, number)) breaches.push(breach(`${address} is outside the subnet: expected ${range}`));
    if (number === subnet.base) breaches.push(breach(`${address} is the subnet itself: expected ${range}`));
    if (number === subnet.broadcast) breaches.push(breach(`${address} is the broadcast address: expected ${range}`));
  }
  return breaches;
}

/** Copied machines have one; on one network, neither would be heard. */
function macBreaches(nodes: Nodes): readonly RuleBreach[] {
  const owners = new Map<string, string>();
  return Object.entries(nodes).flatMap(([name, { mac }]) => {
    const owner = mac && owners.get(mac);
    if (mac === undefined) return [];
    if (owner === undefined) owners.set(mac, name);
    if (owner === undefined) return [];
    const message = `${mac} is also the hardware address of ${owner}`;
    return [{ path: ["nodes", name, "mac"], place: "value", message, other: ["nodes", owner, "mac"] }];
  });
}

function primaryBreaches(nodes: Nodes): readonly RuleBreach[] {
  const entries = Object.entries(nodes);
  if (entries.length === 0)
    return [{ path: ["nodes"], place: "key", message: "is empty: a cluster has a primary at least" }];
  const primaries = entries.filter(([name, { role = defaultRole(name) }]) => role === "primary").map(([name]) => name);
  const [first, ...others] = primaries;
  if (first === undefined) {
    const message = 'no node is the primary: name one "primary" or give it role: primary';
    return [{ path: ["nodes"], place: "key", message }];
  }
  return others.map((name) => ({
    path: ["nodes", name, "role"],
    place: "value",
    message: `a second primary: ${first} is the primary already`,
    other: ["nodes", first],
  }));
}

function slotsBreaches(nodes: Nodes, maxSlots = Number.POSITIVE_INFINITY): readonly RuleBreach[] {
  return Object.entries(nodes)
    .filter(([, { slots = 0 }]) => slots > maxSlots)
    .map(([name, { slots }]) => ({
      path: ["nodes", name, "slots"],
      place: "value",
      message: `${slots} slots are more than maxSlots, which is ${maxSlots}`,
    }));
}
