/** One network interface as the kernel has it now. */
export type Nic = {
  readonly name: string;
  /** In lower case. */
  readonly mac: string;
  /** The kernel module behind it, such as "virtio_net". Undefined where there is none. */
  readonly driver: string | undefined;
  /** It is the face of a piece of hardware, or of what a hypervisor shows as such: no bridge, no veth, no loopback. */
  readonly device: boolean;
  /** The bridge or bond that it is a part of. */
  readonly master: string | undefined;
  readonly link: "up" | "no-carrier" | "down";
  /** IPv4 in CIDR form. Those of an interface without a carrier are not told. */
  readonly addresses: readonly string[];
  /** Those of its addresses, without the length, that systemd-networkd holds a DHCP lease for. */
  readonly leased: readonly string[];
  /** It holds an IPv4 default route. */
  readonly leadsOut: boolean;
};

/** Lists interfaces for a person who must choose: "ens3 (08:00:27:00:00:01, 192.168.56.11/24)". */
export function describeNics(nics: readonly Nic[]): string {
  const one = ({ name, mac, addresses }: Nic) => `${name} (${[mac, ...addresses].join(", ")})`;
  return nics.map(one).join("; ") || "none";
}
