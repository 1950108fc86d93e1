import { nodeNameProblem } from "@cowherd/proto";
import { z } from "zod";
import { contains, formatAddress, parseAddress, parseSubnet } from "./ipv4.ts";
import { addressText, maxSlotsField, roleText, slotsNumber, subnetField } from "./spec-schema.ts";
import type { Path } from "./yaml-document.ts";

/** Something that does not hold between fields, each of which may be well-formed. */
export type RuleBreach = {
  readonly path: Path;
  readonly place: "key" | "value";
  readonly message: string;
  /** Where the other half of the contradiction stands. */
  readonly other?: Path;
};

/** The fields that rules look at; an ill-formed one is undefined, so that the rules on the others still speak. */
const wellFormedParts = z
  .object({
    subnet: subnetField.optional().catch(undefined),
    maxSlots: maxSlotsField.optional().catch(undefined),
    nodes: z
      .record(
        z.string(),
        z
          .object({
            address: addressText.optional().catch(undefined),
            role: roleText.optional().catch("secondary"),
            slots: slotsNumber.optional().catch(undefined),
          })
          .catch({ address: undefined, role: undefined, slots: undefined }),
      )
      .optional()
      .catch(undefined),
  })
  .catch({ subnet: undefined, maxSlots: undefined, nodes: undefined });

type Parts = z.infer<typeof wellFormedParts>;
type Nodes = NonNullable<Parts["nodes"]>;

/** The role that a node has where the spec names none. */
export function defaultRole(name: string): "primary" | "secondary" {
  return name === "primary" ? "primary" : "secondary";
}

/** Lists what does not hold between the fields of a document, of which some may be ill-formed. */
export function ruleBreaches(document: unknown): readonly RuleBreach[] {
  const { subnet, maxSlots, nodes } = wellFormedParts.parse(document);
  if (nodes === undefined) return [];
  return [
    ...nameBreaches(nodes),
    ...addressBreaches(nodes, subnet),
    ...primaryBreaches(nodes),
    ...slotsBreaches(nodes, maxSlots),
  ];
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
