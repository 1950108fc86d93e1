import type { LabHost } from "../lab/lab.ts";

/** A row of `cowctl status -o json`, as far as tests look at it. */
export type NodeStatus = { readonly node: string; readonly phase: string; readonly reason: string | null };

/** Asks the primary for one node's row. */
export async function statusOf(primary: LabHost, node: string): Promise<NodeStatus> {
  const { nodes }: { nodes: readonly NodeStatus[] } = JSON.parse(
    await primary.check(["cowctl", "status", "-o", "json"]),
  );
  const row = nodes.find((entry) => entry.node === node);
  if (row === undefined) throw new TypeError(`cowctl status has no row for ${node}`);
  return row;
}
