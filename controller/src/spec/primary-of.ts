import type { ClusterSpec } from "./cluster-spec.ts";

/** Returns the name of the primary, of which a parsed spec has exactly one. */
export function primaryOf(spec: ClusterSpec): string {
  for (const { name, role } of spec.nodes.values()) if (role === "primary") return name;
  return "";
}
