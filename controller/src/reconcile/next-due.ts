import { type Pace, publicationDue } from "../hostfile/pace.ts";
import type { ClusterState } from "../state/cluster-state.ts";
import { returnsUntil } from "../state/silence.ts";

/**
 * Tells when, in running time, something is due that a settled state only waits for; undefined
 * where it waits for nothing. Until then decide stays empty, if nothing else happens.
 */
export function nextDue(state: ClusterState, pace: Pace): number | undefined {
  const { nodes, silence, runTime } = state;
  const moments = [
    ...(silence.held ? [silence.fadingUntil, returnsUntil(state)] : [publicationDue(state, pace) ?? 0]),
    ...[...nodes.values()].flatMap(({ presence, drain }) => [presence.coolUntil, drain?.deadline ?? 0]),
  ].filter((at) => at > runTime);
  return moments.length === 0 ? undefined : Math.min(...moments);
}
