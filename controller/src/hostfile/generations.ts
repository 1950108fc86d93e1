import type { HostfileGeneration } from "../state/cluster-state.ts";

/** How many hostfiles are kept. A cluster of a thousand nodes then has some megabytes of them in its store. */
export const mostGenerations = 50;

/** Adds the newest hostfile, and forgets the oldest beyond the number that is kept. */
export function keptGenerations(
  kept: ReadonlyMap<bigint, HostfileGeneration>,
  newest: HostfileGeneration,
): ReadonlyMap<bigint, HostfileGeneration> {
  return new Map([...kept, [newest.generation, newest] as const].slice(-mostGenerations));
}
