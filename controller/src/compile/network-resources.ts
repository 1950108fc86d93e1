import type { ResourceSpec } from "@cowherd/proto";
import type { ClusterSpec } from "../spec/cluster-spec.ts";
import { parseSubnet } from "../spec/ipv4.ts";
import type { AbleNode } from "./able-node.ts";

/** Compiles the node's NICs; nothing where the spec leaves them alone, or where something else than netplan configures them. */
export function networkResources(
  { network, subnet }: ClusterSpec,
  { address, mac, netplan }: AbleNode,
): readonly ResourceSpec[] {
  const prefix = parseSubnet(subnet)?.prefix;
  if (network === undefined || prefix === undefined || !netplan) return [];
  const { nameservers, confirmSeconds, required: demanded } = network;
  const nic = { address: `${address}/${prefix}`, mac };
  return [{ id: "network", requires: [], kind: "network", ...nic, nameservers, confirmSeconds, demanded }];
}
