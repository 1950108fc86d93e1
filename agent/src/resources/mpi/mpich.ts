import { BlockList, isIPv4 } from "node:net";
import type { LiveAddress } from "../../host/addresses.ts";
import { ConflictError } from "../resource.ts";
import type { ParameterFile } from "./parameter-file.ts";

/** The settings of UCX, by which Debian's MPICH talks. Debian ships none. */
export const ucxFolder = "/etc/ucx";
export const ucxPath = `${ucxFolder}/ucx.conf`;

/** MPICH's launcher. */
export const mpichPrograms = ["/usr/bin/mpiexec.hydra"];

/**
 * The cluster's NIC for MPICH, by the name that it has on this node: UCX knows no networks.
 *
 * In a file of the node's own, since Hydra hands the environment of mpiexec to all ranks, and
 * a NIC has another name on another node. Hydra itself needs nothing: it calls back the name
 * of the launching node, which /etc/hosts leads to the cluster's network.
 *
 * The block stands first: behind one of the operator's sections it would be a part of it.
 * A later line of the same name would win, so that is a conflict. (Measured on Debian's
 * MPICH 4.0.2 with UCX 1.13. Without the file, its ranks call their peers at the address
 * that all have in common, and end with "Connection refused".) Throws ConflictError where
 * no NIC is on that network.
 */
export function mpichParameters(network: string, addresses: readonly LiveAddress[]): ParameterFile {
  const devices = interfacesWithin(network, addresses);
  if (devices.length === 0) throw new ConflictError(`no network interface has an address in ${network}`);
  return {
    path: ucxPath,
    lines: [`UCX_NET_DEVICES=${devices.join(",")}`],
    place: "first",
    conflicts: ["UCX_NET_DEVICES"],
  };
}

function interfacesWithin(network: string, addresses: readonly LiveAddress[]): readonly string[] {
  const [base = "", length] = network.split("/");
  const members = new BlockList();
  members.addSubnet(base, Number(length));
  const within = addresses.filter(({ address }) => isIPv4(address) && members.check(address));
  return [...new Set(within.map((held) => held.interface))].toSorted();
}
