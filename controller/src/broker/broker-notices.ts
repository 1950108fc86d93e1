import { primaryOf } from "../spec/primary-of.ts";
import { oneLine } from "../spec/printable.ts";
import type { ClusterState } from "../state/cluster-state.ts";
import { isForBroker } from "./resource-ids.ts";

const longest = 300; // characters

/** Says why the cluster has no broker of its own where it should; a line with what to do. */
export function brokerNotices({ spec, nodes }: ClusterState): readonly string[] {
  const primary = nodes.get(primaryOf(spec));
  const failed = (primary?.lastRun?.failures ?? []).filter(isForBroker);
  const reasons = failed.flatMap((outcome) =>
    outcome.end === "failed" ? `${outcome.resource}: ${outcome.reason}` : [],
  );
  if (primary === undefined || reasons.length === 0) return [];
  const until = "`cowctl events` tells them all the same, and the hostfile needs none";
  const leave = '"events: { nats: off }" says that there should be none';
  return [
    `the event broker on ${primary.name} is not as it should be: ${oneLine(reasons.join("; "), longest)}; ${until}; ${leave}`,
  ];
}
