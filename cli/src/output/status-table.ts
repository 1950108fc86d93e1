import type { ClusterStatus, NodeStatus, Phase } from "../link/operator-link.ts";
import { standingReason } from "./node-standing.ts";
import type { Paint } from "./paint.ts";
import { renderTable } from "./table.ts";

const head = ["NODE", "PHASE", "SLOTS", "ADDRESS", "LEASE", "REVISION", "REASON"] as const;
const none = "-";

/** Renders the cluster as a table, one node a line, with what holds for all of it underneath. Pure. */
export function renderStatusTable(status: ClusterStatus, paint: Paint): string {
  const notices = status.notices.map((notice) => `${paint("yellow", "notice:")} ${notice}\n`);
  return [renderNodes(status, paint), ...(notices.length === 0 ? [] : ["\n"]), ...notices].join("");
}

function renderNodes(status: ClusterStatus, paint: Paint): string {
  return renderTable(
    head,
    status.nodes.map((node) => [
      node.node,
      paint(phaseStyle(node.phase), node.phase),
      String(node.slots ?? none),
      node.address,
      formatLease(node.leaseMs),
      formatRevision(node),
      standingReason(node) ?? "",
    ]),
  );
}

function phaseStyle(phase: Phase): "green" | "yellow" | "red" | "dim" {
  switch (phase) {
    case "ready":
      return "green";
    case "enrolled":
    case "converging":
    case "proving":
    case "draining":
      return "yellow";
    case "degraded":
    case "unreachable":
    case "quarantined":
      return "red";
    case "drained":
    case "absent":
    case "unknown":
      return "dim";
  }
}

/** Rounded down: a node is never shown to have a lease that has ended. */
function formatLease(leaseMs: number | undefined): string {
  return leaseMs === undefined ? none : `${Math.floor(leaseMs / 1_000)}s`;
}

/** Eight digits tell revisions apart; `*` marks one that is not the desired one. */
function formatRevision({ observedRevision, desiredRevision }: NodeStatus): string {
  const mark = observedRevision === desiredRevision ? "" : "*";
  return (observedRevision?.slice(0, 8) ?? none) + mark;
}
