import type { Nic } from "./nic.ts";
import { addressOf, type Cidr, isWithin } from "./subnet.ts";

/**
 * Says what is wrong with the running state of the cluster's NIC. Undefined where nothing is. Pure.
 *
 * A second address there makes MPI hang (E3), and a default route takes the packets that
 * should leave the cluster (E11). A NIC without a carrier cannot be judged: nothing that
 * could be applied puts the cable back.
 */
export function liveProblem({ address, length }: Cidr, nic: Nic): string | undefined {
  if (nic.link === "no-carrier") return undefined;
  if (nic.link === "down") return `${nic.name} is down`;
  const others = nic.addresses.filter((own) => own !== `${address}/${length}`);
  if (others.length === nic.addresses.length) return `${nic.name} does not hold ${address}/${length}`;
  const second = others.find((own) => isWithin({ address, length }, own) || nic.leased.includes(addressOf(own)));
  if (second !== undefined) return `${nic.name} holds ${second} beside ${address}/${length}`;
  return nic.leadsOut ? `${nic.name} holds a default route` : undefined;
}
