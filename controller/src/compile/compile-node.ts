import type { ResourceSpec } from "@cowherd/proto";
import { hostfileResource, staleHostfilesResource } from "../hostfile/hostfile-resource.ts";
import type { ClusterSpec } from "../spec/cluster-spec.ts";
import type { AbleNode } from "./able-node.ts";
import type { ClusterParts, LaunchParts } from "./cluster-parts.ts";
import { hostfileResources } from "./hostfile-resources.ts";
import { networkResources } from "./network-resources.ts";
import { pythonBuildPackages, pythonResources } from "./python-resources.ts";
import { sharedPackages, sharedResources } from "./shared-folder.ts";

/**
 * Compiles what one node must be. Pure.
 *
 * Whatever is quick comes before the packages, which may take minutes: peers learn a new
 * node's keys meanwhile, and a new hostfile stands at once. The network comes first of all,
 * since the rest goes over it; what needs packages comes last. Only the primary has the
 * hostfile: given to every node, each join would send every node a new revision. So `launch` is
 * undefined for every other.
 */
export function compileNode(
  spec: ClusterSpec,
  parts: ClusterParts,
  node: AbleNode,
  launch: LaunchParts | undefined,
): readonly ResourceSpec[] {
  const { name: user, uid, gid, home, shell, groups } = spec.user;
  const folder = `${home}/.ssh`;
  const { hostfile, formerContents = [], formerHostfiles: former = [] } = launch ?? {};
  return [
    ...networkResources(spec, node),
    { id: "hostname", requires: [], kind: "hostname", name: node.name },
    { id: "hosts", requires: [], kind: "hostsBlock", entries: parts.hosts, ownName: node.name },
    { id: "user", requires: [], kind: "user", name: user, uid, gid, home, shell, groups },
    { id: "ssh-folder", requires: ["user"], kind: "directory", path: folder, owner: user, group: user, mode: 0o700 },
    { id: "ssh-key", requires: ["ssh-folder"], kind: "sshKey", user, path: `${folder}/id_ed25519` },
    parts.authorizedKeys,
    parts.knownHosts,
    ...(hostfile === undefined ? [] : hostfileResources(spec, hostfile, formerContents)),
    { id: "packages", requires: [], kind: "packageSet", packages: packagesOf(spec, parts, node), quietUnits: [] },
    {
      id: "mpi-parameters",
      // A parameter that names a missing file ends every mpirun, so it comes after the file and not without it.
      requires: hostfile === undefined ? ["packages"] : ["packages", hostfileResource],
      kind: "mpiParameters",
      subnet: spec.subnet,
      defaultHostfile: hostfile === undefined ? undefined : spec.hostfile.path,
      overloads: launch?.overloads ?? false,
    },
    // Only when no parameter names it any more: a missing file would end every mpirun.
    ...(former.length > 0 ? [staleHostfiles(former)] : []),
    ...sharedResources(parts.shared, spec.user, node),
    ...pythonResources(spec),
    // Last of all: nothing else waits for it.
    ...(launch?.broker ?? []),
  ];
}

/** The operator's own first; what the rest of the spec needs follows, each once. */
function packagesOf(spec: ClusterSpec, { shared }: ClusterParts, node: AbleNode): readonly string[] {
  const needed = [...sharedPackages(shared, node), ...(spec.python === undefined ? [] : pythonBuildPackages)];
  return [...new Set([...spec.packages, ...needed])];
}

function staleHostfiles(paths: readonly string[]): ResourceSpec {
  return { id: staleHostfilesResource, requires: ["mpi-parameters"], kind: "staleHostfiles", paths };
}
