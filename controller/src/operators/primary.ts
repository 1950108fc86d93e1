import type { ClusterSpec } from "../spec/cluster-spec.ts";
import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState } from "../state/cluster-state.ts";

/** The controller lives on the primary, which therefore stays once a machine has joined as it. */
export class PrimaryError extends Error {
  override readonly name = "PrimaryError";
}

/**
 * Throws PrimaryError where the next spec would move the controller to another machine, or
 * away from the address at which those who joined, and stay, look for it.
 */
export function refuseMove({ spec, nodes }: ClusterState, next: ClusterSpec): void {
  const [from, to] = [primaryOf(spec), primaryOf(next)];
  if (from !== to && nodes.has(from)) {
    throw new PrimaryError(`the primary is ${from} and cannot become ${to}: the controller lives there`);
  }

  const [before, after] = [spec.nodes.get(from)?.address, next.nodes.get(to)?.address];
  const stranded = [...nodes.keys()].filter((name) => name !== from && next.nodes.has(name));
  if (before !== after && stranded.length > 0) {
    throw new PrimaryError(
      `the primary is at ${before} and cannot move to ${after}: ${stranded.join(", ")} would look for the controller at the old address; remove them first`,
    );
  }
}
