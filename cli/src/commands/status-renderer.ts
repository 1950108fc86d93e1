import type { ClusterStatus } from "../link/operator-link.ts";
import { renderJson } from "../output/json.ts";
import type { Cowctl } from "./cowctl.ts";

/** Renders a status; "one-line" makes one line of a JSON document, for streams of them. */
export type StatusRenderer = (status: ClusterStatus, layout: "pretty" | "one-line") => string;

/** Picks the renderer for a form; a table's own code is loaded only here. */
export async function createStatusRenderer({ paint }: Cowctl, form: "table" | "json"): Promise<StatusRenderer> {
  if (form === "json") return renderJson;
  const { renderStatusTable } = await import("../output/status-table.ts");
  return (status) => renderStatusTable(status, paint);
}
