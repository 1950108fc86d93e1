import { type ClusterStatus, type NodeStatus, Phase as WirePhase } from "@cowherd/proto/wire";
import type { Controller } from "../controller.ts";
import { lossNotices } from "../events/loss-notices.ts";
import { atOnce, publicationDue } from "../hostfile/pace.ts";
import { pinnedSlots } from "../hostfile/pinned-entries.ts";
import type { NodeSpec } from "../spec/cluster-spec.ts";
import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState, NodeState, Phase } from "../state/cluster-state.ts";
import { hookNotices } from "../state/hook-notices.ts";
import { hostfileNotices } from "../state/hostfile-notices.ts";
import { noticesOf } from "../state/notices.ts";
import { phaseOf } from "../state/phase.ts";
import { slotsOf } from "../state/slots.ts";
import { storeNotices } from "../store/store-notices.ts";

/** Tells the cluster in one look; the nodes are those of the spec, in its order. */
export function clusterStatus({
  loop,
  liveness,
  hooks,
  sessions,
  now,
  publishing,
}: Pick<Controller, "loop" | "liveness" | "hooks" | "sessions" | "now" | "publishing">): ClusterStatus {
  const state = loop.present();
  const connected = sessions.isOpen(primaryOf(state.spec));
  return {
    cluster: state.spec.name,
    nodes: [...state.spec.nodes.values()].map((node) =>
      nodeStatus(state, node, liveness.remaining(node.name), liveness.activity(node.name)),
    ),
    hostfileGeneration: state.hostfile?.generation ?? 0n,
    notices: [
      ...storeNotices(loop.unwritten(), now()),
      ...noticesOf(state),
      ...hostfileNotices(state, now()),
      ...lossNotices(loop.lost()),
      ...(publishing?.notices() ?? []),
      ...hookNotices(state, hooks.backlogs(), connected, now()),
    ],
    hostfileDue: !state.silence.held && publicationDue(state, atOnce) !== undefined,
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
    slots: node === undefined ? 0 : listedSlots(state, spec, node),
    address: spec.address,
    leaseMs: node?.reachable === true && leaseMs !== undefined ? Math.round(leaseMs) : undefined,
    observedRevision: node?.observed?.revision ?? "",
    desiredRevision: node?.desired?.revision ?? "",
    reason,
    primary: spec.role === "primary",
    activity,
  };
}

/** As the pin has them where it names the node, and else as the hostfile would; none of a primary that runs no ranks. */
function listedSlots({ spec, pin }: ClusterState, { role }: NodeSpec, node: NodeState): number {
  const pinned = pin?.entries.find((entry) => entry.node === node.name);
  if (pin !== undefined && pinned !== undefined) return pinnedSlots(spec, node, pin, pinned);
  return role === "primary" && !spec.hostfile.primary ? 0 : slotsOf(spec, node);
}

const wirePhases: Readonly<Record<Phase, WirePhase>> = {
  absent: WirePhase.PHASE_ABSENT,
  enrolled: WirePhase.PHASE_ENROLLED,
  converging: WirePhase.PHASE_CONVERGING,
  proving: WirePhase.PHASE_PROVING,
  ready: WirePhase.PHASE_READY,
  degraded: WirePhase.PHASE_DEGRADED,
  unreachable: WirePhase.PHASE_UNREACHABLE,
  draining: WirePhase.PHASE_DRAINING,
  drained: WirePhase.PHASE_DRAINED,
  quarantined: WirePhase.PHASE_QUARANTINED,
};
