import type { ClusterSpec } from "./cluster-spec.ts";

/** Returns the name of the primary, of which a parsed spec has exactly one. */
export function primaryOf(spec: ClusterSpec): string {
  return [...spec.nodes.values()].find(({ role }) => role === "primary")?.name ?? "";
}
