import { toWireOutcome } from "@cowherd/proto";
import type { NodePlan } from "@cowherd/proto/wire";
import type { Controller } from "../controller.ts";
import { refuseMove } from "../operators/primary.ts";
import { type NodePreview, preview } from "../reconcile/preview.ts";
import type { ClusterSpec } from "../spec/cluster-spec.ts";

/**
 * Asks every node at once what `spec` would change there. Those that do not answer are said, not waited for.
 *
 * Rejects with PrimaryError where `spec` could not be applied.
 */
export async function clusterPlan(
  { loop, checks, timing }: Pick<Controller, "loop" | "checks" | "timing">,
  spec: ClusterSpec,
): Promise<NodePlan[]> {
  const { state } = loop.record();
  refuseMove(state, spec);
  const deadline = AbortSignal.timeout(timing.checkMs);
  return await Promise.all(preview(state, spec).map((node) => nodePlan(checks, node, deadline)));
}

async function nodePlan(checks: Controller["checks"], preview: NodePreview, deadline: AbortSignal): Promise<NodePlan> {
  const plan: NodePlan = { node: preview.node, unknown: "", outcomes: [], removed: false };
  switch (preview.type) {
    case "absent":
      return { ...plan, unknown: "not joined" };
    case "removed":
      return { ...plan, removed: true };
    case "joined": {
      const end = await checks.ask(preview.node, preview.resources, deadline);
      switch (end.type) {
        case "answered":
          return { ...plan, outcomes: end.outcomes.map(toWireOutcome) };
        case "unconnected":
          return { ...plan, unknown: "not connected" };
        case "unanswered":
          return { ...plan, unknown: "did not answer in time" };
      }
    }
  }
}
