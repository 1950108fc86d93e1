import { encodeResource, type ResourceSpec, revisionOfEncoded } from "@cowherd/proto";
import type { ClusterSpec } from "../spec/cluster-spec.ts";
import type { ClusterState } from "../state/cluster-state.ts";
import { type AbleNode, ableNode } from "./able-node.ts";
import { type ClusterParts, clusterParts, commonResources, launchParts } from "./cluster-parts.ts";
import { compileNode } from "./compile-node.ts";

/** What a node must be, and the hash of it. */
export type CompiledNode = { readonly resources: readonly ResourceSpec[]; readonly revision: string };

/** What came out of a state, and all that of it went in. */
type Compilation = {
  readonly from: readonly unknown[];
  readonly parts: ClusterParts;
  readonly nodes: ReadonlyMap<string, CompiledNode & { readonly able: AbleNode }>;
};

/**
 * The last compilation under each spec. No result depends on it, since a state's parts are never
 * edited: one that is the same object says the same. It goes when its spec does.
 */
const compilations = new WeakMap<ClusterSpec, Compilation>();

/**
 * Compiles every joined node as compileCluster does, and its revision. Pure.
 *
 * A report of a run or of a proof is no reason to compile anything: nothing of it goes in. A new
 * hostfile, or a new fact that no peer has to know, is a reason for the nodes that it concerns alone.
 */
export function compiledNodes(state: ClusterState): ReadonlyMap<string, CompiledNode> {
  const last = compilations.get(state.spec);
  const from = ingredients(state);
  if (last !== undefined && isSame(last.from, from)) return last.nodes;
  const compilation = compile(state, from, last);
  compilations.set(state.spec, compilation);
  return compilation.nodes;
}

/** Lists all that compileCluster looks at, beside the spec. */
function ingredients({
  spec,
  nodes,
  hostfile,
  generations,
  formerHostfiles,
  broker,
}: ClusterState): readonly unknown[] {
  const facts = [...spec.nodes.keys()].map((name) => nodes.get(name)?.facts);
  return [hostfile, generations, formerHostfiles, broker, ...facts];
}

function compile(state: ClusterState, from: readonly unknown[], last: Compilation | undefined): Compilation {
  const { spec } = state;
  const anew = clusterParts(state);
  const parts = last !== undefined && JSON.stringify(anew) === JSON.stringify(last.parts) ? last.parts : anew;
  const launch = launchParts(state);
  const encoded = new Map(commonResources(parts).map((resource) => [resource, encodeResource(resource)]));
  const nodes: [string, CompiledNode & { readonly able: AbleNode }][] = [];
  for (const wanted of spec.nodes.values()) {
    const joined = state.nodes.get(wanted.name);
    if (joined === undefined) continue;
    const able = ableNode(wanted, joined.facts);
    const before = parts === last?.parts && wanted.role !== "primary" ? last.nodes.get(wanted.name) : undefined;
    if (before?.able.netplan === able.netplan && before.able.mounts === able.mounts) {
      nodes.push([wanted.name, before]);
      continue;
    }
    const resources = compileNode(spec, parts, able, wanted.role === "primary" ? launch : undefined);
    const revision = revisionOfEncoded(resources.map((resource) => encoded.get(resource) ?? encodeResource(resource)));
    nodes.push([wanted.name, { resources, revision, able }]);
  }
  return { from, parts, nodes: new Map(nodes) };
}

function isSame(these: readonly unknown[], those: readonly unknown[]): boolean {
  return these.length === those.length && these.every((one, at) => one === those[at]);
}
