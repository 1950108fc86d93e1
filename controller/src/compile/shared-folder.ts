import type { ResourceSpec } from "@cowherd/proto";
import type { ClusterSpec } from "../spec/cluster-spec.ts";
import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState, NodeState } from "../state/cluster-state.ts";
import { type AbleNode, ableNode } from "./able-node.ts";

/** The folder that all nodes see: the primary's, by its name and address. */
export type SharedFolder = {
  readonly path: string;
  readonly clients: string;
  readonly options: readonly string[];
  readonly server: string;
  readonly serverAddress: string;
  /** The operator asked for it: also a node that cannot mount it is to try, and to tell why it fails. */
  readonly required: boolean;
};

/**
 * Returns the folder to share.
 *
 * Where the operator did not ask for it, it is left out unless the primary's kernel can serve
 * it; a primary that has not joined yet serves nothing. In the same way, a secondary is left
 * out whose kernel cannot mount. Whoever asked for it learns from the failed run why it
 * cannot be.
 */
export function sharedFolder({ spec, nodes }: Pick<ClusterState, "spec" | "nodes">): SharedFolder | undefined {
  const server = primaryOf(spec);
  const primary = spec.nodes.get(server);
  if (spec.shared === undefined || primary === undefined) return undefined;
  const { path, clients, options, required } = spec.shared;
  const possible = nodes.get(server)?.facts.nfs?.server ?? false;
  if (!required && !possible) return undefined;
  return { path, clients, options, server, serverAddress: primary.address, required };
}

/** Returns where a joined node has it. Undefined where it has none. */
export function sharedPathOn(
  { spec, nodes }: Pick<ClusterState, "spec" | "nodes">,
  node: NodeState,
): string | undefined {
  const [shared, wanted] = [sharedFolder({ spec, nodes }), spec.nodes.get(node.name)];
  if (shared === undefined || wanted === undefined || isLeftOut(shared, ableNode(wanted, node.facts))) return undefined;
  return shared.path;
}

/** Lists the packages that a node needs for it. */
export function sharedPackages(shared: SharedFolder | undefined, node: AbleNode): readonly string[] {
  if (shared === undefined || isLeftOut(shared, node)) return [];
  return [node.role === "primary" ? "nfs-kernel-server" : "nfs-common"];
}

/** Compiles the node's side of it: the folder and its export, or the mount. */
export function sharedResources(
  shared: SharedFolder | undefined,
  { name: owner }: ClusterSpec["user"],
  node: AbleNode,
): readonly ResourceSpec[] {
  if (shared === undefined || isLeftOut(shared, node)) return [];
  const { path, clients, options, server, serverAddress } = shared;
  if (node.role === "secondary") {
    // The user too: a mount's place made before the home would leave the home without its first files.
    const requires = ["packages", "hosts", "user"];
    return [{ id: "shared-mount", requires, kind: "nfsMount", server, serverAddress, remotePath: path, path }];
  }
  return [
    { id: "shared-folder", requires: ["user"], kind: "directory", path, owner, group: owner, mode: 0o755 },
    { id: "shared-export", requires: ["packages", "shared-folder"], kind: "nfsExport", path, clients, options },
  ];
}

function isLeftOut({ required }: SharedFolder, { role, mounts }: AbleNode): boolean {
  return role === "secondary" && !mounts && !required;
}
