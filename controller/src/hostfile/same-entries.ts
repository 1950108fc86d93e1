import type { HostfileEntry } from "../state/cluster-state.ts";

/** Tells whether two hostfiles have the same lines in the same order. */
export function sameEntries(a: readonly HostfileEntry[], b: readonly HostfileEntry[] | undefined): boolean {
  return a.length === b?.length && a.every(({ node, slots }, at) => node === b[at]?.node && slots === b[at]?.slots);
}
