import type { ResourceSpec } from "@cowherd/proto";
import type { ClusterState } from "../state/cluster-state.ts";
import { ableNode } from "./able-node.ts";
import { clusterParts, launchParts } from "./cluster-parts.ts";
import { compileNode } from "./compile-node.ts";

/**
 * Compiles the ordered resources of every joined node, by name, in natural order.
 *
 * Pure and deterministic: depends on the spec, the keys of the joined nodes, what their
 * machines can do and the published hostfile, and on no order in which any of it came about.
 */
export function compileCluster(state: ClusterState): ReadonlyMap<string, readonly ResourceSpec[]> {
  const [parts, launch] = [clusterParts(state), launchParts(state)];
  const joined = [...state.spec.nodes.values()].filter(({ name }) => state.nodes.has(name));
  return new Map(
    joined.map((node) => {
      const able = ableNode(node, state.nodes.get(node.name)?.facts);
      return [node.name, compileNode(state.spec, parts, able, node.role === "primary" ? launch : undefined)];
    }),
  );
}
