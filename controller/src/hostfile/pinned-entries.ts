import type { ClusterSpec } from "../spec/cluster-spec.ts";
import type { ClusterState, HostfileEntry, HostfilePin, NodeState } from "../state/cluster-state.ts";
import { slotsOf } from "../state/slots.ts";

/**
 * Lists the admitted nodes of a pin, in its order. A node that is not fit is never listed,
 * whatever the pin says; it comes back by itself once it is fit.
 */
export function pinnedEntries(
  { spec, nodes }: Pick<ClusterState, "spec" | "nodes">,
  pin: HostfilePin,
): readonly HostfileEntry[] {
  return pin.entries.flatMap((entry) => {
    const node = nodes.get(entry.node);
    return node?.admitted === true ? [{ node: entry.node, slots: pinnedSlots(spec, node, pin, entry) }] : [];
  });
}

/**
 * Returns how many ranks a pinned node may run.
 *
 * A generation's slots are what the node had then, and it may have fewer processors by now: slots
 * above them are a binding error on Open MPI 5. An edit's are the operator's own number, as
 * those of cluster.yaml are.
 */
export function pinnedSlots(
  spec: ClusterSpec,
  node: NodeState,
  { origin }: HostfilePin,
  { slots }: HostfileEntry,
): number {
  switch (origin.type) {
    case "generation":
      return Math.min(slots, slotsOf(spec, node));
    case "edit":
      return Math.min(slots, spec.maxSlots);
  }
}
