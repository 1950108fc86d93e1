import type { NetworkInterface } from "./facts.ts";

/** An interface as the kernel lists it, before it is known to matter. */
export type KernelInterface = NetworkInterface & {
  /** It is the face of a piece of hardware, or of what a hypervisor shows as such. */
  readonly device: boolean;
  readonly loopback: boolean;
};

/**
 * Chooses the interfaces worth telling of: every device, and whatever else has an address
 * that is good beyond its own link.
 *
 * A machine that runs containers has hundreds of virtual interfaces, which come and go;
 * telling of them would make new facts out of nothing.
 */
export function relevantInterfaces(interfaces: readonly KernelInterface[]): readonly NetworkInterface[] {
  return interfaces
    .filter(({ loopback }) => !loopback)
    .map(({ name, mac, addresses, device }) => ({ name, mac, device, addresses: addresses.filter(isGlobal).sort() }))
    .filter(({ device, addresses }) => device || addresses.length > 0)
    .map(({ name, mac, addresses }) => ({ name, mac, addresses }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** IPv6 link-local addresses are fe80::/10: RFC 4291, section 2.5.6. */
function isGlobal(address: string): boolean {
  return !/^fe[89ab]/i.test(address);
}
