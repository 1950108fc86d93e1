import { ConflictError } from "../resources/resource.ts";
import { describeNics, type Nic } from "./nic.ts";
import { addressOf, type Cidr, isWithin } from "./subnet.ts";

/** What tells the cluster's NIC from the others. */
export type NicWanted = {
  readonly cidr: Cidr;
  /** As cluster.yaml has it, in any case. */
  readonly mac: string | undefined;
  /** The MAC in Cowherd's own netplan file, which a clone has from the machine that it was copied from. */
  readonly formerMac: string | undefined;
};

/**
 * Finds the NIC on the cluster's network: the one with the declared MAC; else the one that
 * holds the address; else, where its cable is out and its addresses are not told, the one in
 * Cowherd's own file; else the only one with another address in that subnet; else, where
 * that file names a MAC that no NIC has, the only one without an address.
 *
 * Never by a name, which VirtualBox and QEMU give differently; never because of a default
 * route, which all machines of a lab share; and never a bridge, a veth or a loopback. Throws
 * ConflictError, listing the NICs, where that names none or several. Pure.
 */
export function clusterNic(nics: readonly Nic[], { cidr, mac, formerMac }: NicWanted): Nic {
  const devices = nics.filter(({ device }) => device);
  const only = (found: readonly Nic[], which: string): Nic | undefined => {
    if (found.length > 1) throw unclear(`several NICs ${which}`, devices);
    return found[0];
  };
  if (mac !== undefined) {
    const named = only(
      devices.filter((nic) => nic.mac === mac.toLowerCase()),
      `have the MAC ${mac}`,
    );
    if (named === undefined) throw unclear(`no NIC has the MAC ${mac} that cluster.yaml declares`, devices);
    return usable(named);
  }
  const holding = devices.filter(({ addresses }) => addresses.some((own) => addressOf(own) === cidr.address));
  const holder = only(holding, `hold ${cidr.address}`);
  if (holder !== undefined) return usable(holder);
  const unplugged = devices.find((nic) => nic.mac === formerMac && nic.link !== "up");
  if (unplugged !== undefined) return usable(unplugged);
  const near = devices.filter(({ addresses }) => addresses.some((own) => isWithin(cidr, own)));
  const neighbour = only(near, `have an address in the subnet of ${cidr.address}`);
  if (neighbour !== undefined) return usable(neighbour);
  const isStale = formerMac !== undefined && devices.every((nic) => nic.mac !== formerMac);
  const idle = devices.filter(({ addresses, leadsOut, master }) => addresses.length === 0 && !leadsOut && !master);
  if (isStale && idle.length === 1 && idle[0] !== undefined) return idle[0];
  throw unclear(`no NIC holds ${cidr.address} or another address in its subnet`, devices);
}

function usable(nic: Nic): Nic {
  if (nic.master !== undefined) throw new ConflictError(`${nic.name} is a part of ${nic.master}, which is not managed`);
  return nic;
}

function unclear(what: string, devices: readonly Nic[]): ConflictError {
  return new ConflictError(`${what}; declare the node's mac in cluster.yaml. NICs: ${describeNics(devices)}`);
}
