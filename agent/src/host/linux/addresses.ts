import { networkInterfaces } from "node:os";
import type { Addresses } from "../addresses.ts";

/** This machine's addresses, as the kernel tells them. */
export function createLinuxAddresses(): Addresses {
  return {
    async read() {
      return Object.entries(networkInterfaces()).flatMap(([name, held = []]) =>
        held.flatMap(({ family, address }) => (family === "IPv4" ? { interface: name, address } : [])),
      );
    },
  };
}
