import type { ClusterState, HostfilePin } from "../state/cluster-state.ts";
import { UnknownGenerationError } from "./pin-problem.ts";

/** Makes the pin that holds the hostfile to one of those that are kept. Throws UnknownGenerationError. */
export function pinOfGeneration({ generations }: ClusterState, generation: bigint): HostfilePin {
  const kept = generations.get(generation);
  if (kept !== undefined) return { entries: kept.entries, origin: { type: "generation", generation } };
  const [oldest] = generations.keys();
  const newest = [...generations.keys()].at(-1);
  const which = oldest === undefined ? "none was published so far" : `those of ${oldest} to ${newest} are kept`;
  throw new UnknownGenerationError(`no generation ${generation} of the hostfile: ${which}`);
}
