import type { Event } from "@cowherd/proto";
import type { ClusterState } from "../state/cluster-state.ts";
import { phaseOf } from "../state/phase.ts";
import { slotsOf } from "../state/slots.ts";

/** The event that says where each node stands, by its name. */
export type Standings = ReadonlyMap<string, Event>;

/**
 * Tells of each joined node the event that says where it stands.
 *
 * A machine that has joined and whose agent was never heard is missing: it is no node that
 * fell silent, and nobody should be woken for it.
 */
export function standingsOf(state: ClusterState): Standings {
  return new Map(
    [...state.nodes.keys()].flatMap((node) => {
      const standing = standingOf(state, node);
      return standing === undefined ? [] : [[node, standing] as const];
    }),
  );
}

function standingOf(state: ClusterState, name: string): Event | undefined {
  const node = state.nodes.get(name);
  if (node === undefined) return undefined;
  const { phase, reason } = phaseOf(state, name);
  switch (phase) {
    case "absent":
      return undefined;
    case "enrolled":
    case "converging":
      return { type: "node.converging", node: name, reason };
    case "ready":
      return { type: "node.ready", node: name, slots: slotsOf(state.spec, node) };
    case "unreachable":
      return node.leasePeriod === 0 ? undefined : { type: "node.unreachable", node: name, reason };
    case "proving":
    case "degraded":
    case "draining":
    case "drained":
    case "quarantined":
      return { type: `node.${phase}`, node: name, reason };
  }
}
