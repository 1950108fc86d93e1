import { type ClusterStatus, type NodeStatus, Phase as WirePhase } from "@cowherd/proto/wire";
import type { Controller } from "../controller.ts";
import type { NodeSpec } from "../spec/cluster-spec.ts";
import type { ClusterState, Phase } from "../state/cluster-state.ts";
import { noticesOf } from "../state/notices.ts";
import { phaseOf } from "../state/phase.ts";
import { slotsOf } from "../state/slots.ts";

/** Tells the cluster in one look; the nodes are those of the spec, in its order. */
export function clusterStatus({ loop, liveness }: Pick<Controller, "loop" | "liveness">): ClusterStatus {
  const { state } = loop.record();
  return {
    cluster: state.spec.name,
    nodes: [...state.spec.nodes.values()].map((node) =>
      nodeStatus(state, node, liveness.remaining(node.name), liveness.activity(node.name)),
    ),
    hostfileGeneration: state.hostfile?.generation ?? 0n,
    notices: [...noticesOf(state)],
  };
}

/** Tells one node in one look. */
export function nodeStatus(
  state: ClusterState,
  spec: NodeSpec,
  leaseMs: number | undefined,
  activity: string,
): NodeStatus {
  const node = state.nodes.get(spec.name);
  const { phase, reason } = phaseOf(state, spec.name);
  return {
    node: spec.name,
    phase: wirePhases[phase],
    slots: node === undefined ? 0 : slotsOf(state.spec, node),
    address: spec.address,
    leaseMs: node?.reachable === true && leaseMs !== undefined ? Math.round(leaseMs) : undefined,
    observedRevision: node?.observed?.revision ?? "",
    desiredRevision: node?.desired?.revision ?? "",
    reason,
    primary: spec.role === "primary",
    activity,
  };
}

const wirePhases: Readonly<Record<Phase, WirePhase>> = {
  absent: WirePhase.PHASE_ABSENT,
  enrolled: WirePhase.PHASE_ENROLLED,
  converging: WirePhase.PHASE_CONVERGING,
  proving: WirePhase.PHASE_PROVING,
  ready: WirePhase.PHASE_READY,
  degraded: WirePhase.PHASE_DEGRADED,
  unreachable: WirePhase.PHASE_UNREACHABLE,
};
