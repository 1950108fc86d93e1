import type { NodeStatus } from "../link/operator-link.ts";

/** Tells whether a node is on its way and says what it does there. */
export function isBusy({ phase, activity }: NodeStatus): boolean {
  return (phase === "enrolled" || phase === "converging") && activity !== undefined;
}

/**
 * Says why a node is not ready, in words; undefined where there is nothing to say. Of one on its
 * way, what it does right now says more than that it does something.
 */
export function standingReason(node: NodeStatus): string | undefined {
  return isBusy(node) ? `${node.phase}: ${node.activity}` : node.reason;
}
