import { LabRequestError } from "./lab-error.ts";

/** The cluster's network, as VirtualBox gives it to a host-only NIC. The lab itself is the first address. */
export const SUBNET = { prefix: "192.168.56.", bits: 24, lab: "192.168.56.1" } as const;

/** What VirtualBox gives to the NAT NIC of every machine: the same on all of them. */
export const NAT = { address: "10.0.2.15", gateway: "10.0.2.2", bits: 24 } as const;

const LABS = "/var/lib/cowherd-lab";

/** The folder with one folder per lab. */
export const LABS_FOLDER = LABS;

/** Held while labs are claimed or swept. It must not lie among the labs. */
export const LABS_LOCK = "/run/lock/cowherd-lab";

/** Where everything of one lab is. All of it follows from the name, so it can be found after any crash. */
export type LabLayout = {
  readonly folder: string;
  readonly stateFile: string;
  readonly served: string;
  readonly serverLog: string;
  readonly cgroup: string;
  readonly namespace: string;
  /** Every namespace whose name starts like this belongs to a host of the lab. */
  readonly hostNamespacePrefix: string;
  readonly hosts: string;
};

export type HostLayout = {
  readonly folder: string;
  readonly stateFile: string;
  readonly console: string;
  readonly cgroup: string;
  readonly namespace: string;
  readonly natNamespace: string;
  /** The host's end of the cable, on the lab's bridge. */
  readonly bridgePort: string;
  /** The folder of a virtual machine's sockets. Short: the kernel allows 107 bytes a path. */
  readonly sockets: string;
  /** The container's name, which no other lab's container has. */
  readonly machine: string;
};

export function labLayout(lab: string): LabLayout {
  const folder = `${LABS}/${checkName("lab", lab)}`;
  return {
    folder,
    stateFile: `${folder}/lab.json`,
    served: `${folder}/served`,
    serverLog: `${folder}/server.log`,
    cgroup: `cowherd-lab/${lab}`,
    namespace: `cowherd-lab.${lab}`,
    hostNamespacePrefix: `cowherd-lab.${lab}.`,
    hosts: `${folder}/hosts`,
  };
}

export function hostLayout(lab: string, host: string, address: string): HostLayout {
  const { hosts, cgroup, hostNamespacePrefix } = labLayout(lab);
  const folder = `${hosts}/${checkName("host", host)}`;
  return {
    folder,
    stateFile: `${folder}/host.json`,
    console: `${folder}/console.log`,
    cgroup: `${cgroup}/hosts/${host}`,
    namespace: `${hostNamespacePrefix}${host}`,
    natNamespace: `${hostNamespacePrefix}${host}.nat`,
    bridgePort: `port${lastByte(address)}`,
    sockets: `${folder}/vm`,
    machine: `cowherd.${lab}.${host}`,
  };
}

/** Names become folders, namespaces and host names: short, lower case, and free of dots, which separate them. */
export function checkName(what: "lab" | "host" | "served", name: string): string {
  if (/^[a-z](?:[a-z0-9-]{0,22}[a-z0-9])?$/.test(name)) return name;
  throw new LabRequestError(
    `${what} name ${JSON.stringify(name)}: use 1 to 24 lower-case letters, digits and hyphens, a letter first and no hyphen last`,
  );
}

/** Throws LabRequestError unless a host may have this address. */
export function checkAddress(address: string): string {
  const byte = lastByte(address);
  if (byte >= 2 && byte <= 254 && address === `${SUBNET.prefix}${byte}`) return address;
  throw new LabRequestError(`address ${JSON.stringify(address)}: use ${SUBNET.prefix}2 to ${SUBNET.prefix}254`);
}

function lastByte(address: string): number {
  return Number(address.slice(SUBNET.prefix.length));
}
