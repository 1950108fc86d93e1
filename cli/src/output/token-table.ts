import type { TokenSummary } from "../link/operator-link.ts";
import { renderTable } from "./table.ts";
import { formatTime } from "./time.ts";

/** Renders tokens, one a line. Pure. */
export function renderTokenTable(tokens: readonly TokenSummary[]): string {
  return renderTable(
    ["ID", "NODE", "STATE", "EXPIRES"],
    tokens.map(({ id, node, state, expiresAt }) => [id, node, state, formatTime(expiresAt)]),
  );
}
