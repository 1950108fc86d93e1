import type { NodeExplanation, ProofStatus } from "../link/operator-link.ts";
import { standingReason } from "./node-standing.ts";
import type { Paint } from "./paint.ts";
import { renderTable } from "./table.ts";
import { formatTime } from "./time.ts";

const none = "-";

/** Renders why a node stands where it stands: where, its proofs one a line, what is in its way, and the next step last. Pure. */
export function renderExplanation({ status, obstacles, next, proofs }: NodeExplanation, paint: Paint): string {
  const reason = standingReason(status);
  const standing = reason === undefined ? status.phase : `${status.phase}, ${reason}`;
  const parts = [
    `${status.node}: ${standing}\n`,
    ...(proofs.length === 0 ? [] : [renderProofs(proofs, paint)]),
    ...(obstacles.length > 1 ? [`in its way, in this order:\n${obstacles.map(numbered).join("")}`] : []),
    ...(next === undefined ? [] : [`${paint("yellow", "next:")} ${next}\n`]),
  ];
  return parts.join("\n");
}

function numbered(obstacle: string, index: number): string {
  return `  ${index + 1}. ${obstacle}\n`;
}

function renderProofs(proofs: readonly ProofStatus[], paint: Paint): string {
  return renderTable(
    ["PROOF", "RESULT", "WHEN", "AGE", "TOOK", "FAILURE"],
    proofs.map(({ kind, result, failure = "", at, ageMs, durationMs, tries }) => [
      kind,
      paint(resultStyle(result), result),
      at === undefined ? none : formatTime(at),
      ageMs === undefined ? none : formatAge(ageMs),
      durationMs === undefined ? none : `${(durationMs / 1_000).toFixed(1)}s`,
      tries > 1 ? `${failure} (${tries} times in a row)` : failure,
    ]),
  );
}

function resultStyle(result: ProofStatus["result"]): "green" | "yellow" | "red" | "dim" {
  switch (result) {
    case "holds":
      return "green";
    case "failed":
      return "red";
    case "stale":
      return "yellow";
    case "missing":
    case "unknown":
      return "dim";
  }
}

/** Writes a span as "45s", "3m20s" or "2h5m", rounded down. */
function formatAge(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m${seconds % 60}s` : `${Math.floor(minutes / 60)}h${minutes % 60}m`;
}
