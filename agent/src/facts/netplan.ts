import type { Machine } from "./machine.ts";

/** Tells whether netplan configures the network: its program is there, and the folder that it reads. */
export async function hasNetplan(machine: Pick<Machine, "realPath">): Promise<boolean> {
  const found = await Promise.all(["/usr/sbin/netplan", "/etc/netplan"].map((path) => machine.realPath(path)));
  return found.every((path) => path !== undefined);
}
