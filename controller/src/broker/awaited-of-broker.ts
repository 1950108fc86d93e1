import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState } from "../state/cluster-state.ts";
import { isForBroker } from "./resource-ids.ts";

/**
 * Says what must still be before everybody who may listen at the cluster's own broker hears
 * something there, in words; undefined where nothing. `taking` says that the broker has
 * taken events, so that their stream is there. Pure.
 */
export function awaitedOfBroker({ spec, nodes }: ClusterState, taking: boolean): string | undefined {
  const name = primaryOf(spec);
  const { desired, lastRun } = nodes.get(name) ?? {};
  if (lastRun?.failures.some(isForBroker)) return `the event broker on ${name} is not as it should be`;
  if (desired === undefined || lastRun?.revision !== desired.revision) return `${name} has not told its broker so far`;
  return taking ? undefined : "the event broker has taken no event so far";
}
