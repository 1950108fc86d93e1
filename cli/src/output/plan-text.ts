import type { Outcome } from "@cowherd/proto";
import type { NodePlan } from "../link/operator-link.ts";
import type { Paint } from "./paint.ts";

/** Tells whether a node would be touched. */
export function wouldChange(plan: NodePlan): boolean {
  switch (plan.known) {
    case "removed":
      return true;
    case "nothing":
      return false;
    case "checked":
      return plan.outcomes.some(({ end }) => end === "changed");
  }
}

/** Renders what would change, node by node, with a line that sums up. Pure. */
export function renderPlan(plans: readonly NodePlan[], paint: Paint): string {
  return `${[...plans.flatMap((plan) => nodeLines(plan, paint)), summary(plans)].join("\n")}\n`;
}

function nodeLines(plan: NodePlan, paint: Paint): readonly string[] {
  const name = paint("bold", plan.node);
  switch (plan.known) {
    case "removed":
      return [`${name}: ${paint("red", "would be removed from the cluster")}`];
    case "nothing":
      return [`${name}: unknown, ${plan.because}`];
    case "checked": {
      const lines = plan.outcomes.flatMap((outcome) => outcomeLines(outcome, paint));
      return lines.length === 0 ? [`${name}: no change`] : [`${name}:`, ...lines];
    }
  }
}

function outcomeLines(outcome: Outcome, paint: Paint): readonly string[] {
  switch (outcome.end) {
    case "in-sync":
      return [];
    case "changed":
      return outcome.changes.map((change) => `  ${paint("yellow", "~")} ${outcome.resource}: ${change}`);
    case "failed":
      return [`  ${paint("red", "!")} ${outcome.resource}: ${outcome.reason}`];
    case "skipped":
      return [`  - ${outcome.resource}: left out, it needs ${outcome.because}`];
  }
}

function summary(plans: readonly NodePlan[]): string {
  const changed = plans.filter(wouldChange).length;
  const unknown = plans.filter(({ known }) => known === "nothing").length;
  const sentence = changed === 0 ? "nothing would change" : `${changed} of ${plans.length} nodes would change`;
  return unknown === 0 ? sentence : `${sentence}; ${unknown} unknown`;
}
