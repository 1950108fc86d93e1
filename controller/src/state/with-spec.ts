import type { ClusterSpec } from "../spec/cluster-spec.ts";
import type { ClusterState, NodeState } from "./cluster-state.ts";
import { hookRecordsOf } from "./hook-records.ts";

/**
 * Returns the state under another spec.
 *
 * A node that left the spec is removed: its certificates speak for nobody from now on. One
 * with another address, or without the key of the user that there now is, is a stranger
 * to its peers and must be found fit anew. A hook that is new is for events after `lastEvent`.
 */
export function withSpec(state: ClusterState, spec: ClusterSpec, lastEvent: bigint): ClusterState {
  const roster = state.roster + 1;
  const sameUser = spec.user.name === state.spec.user.name && spec.user.home === state.spec.user.home;
  const nodes = new Map<string, NodeState>();
  for (const node of state.nodes.values()) {
    const wanted = spec.nodes.get(node.name);
    if (wanted === undefined) continue;
    const sameAddress = wanted.address === state.spec.nodes.get(node.name)?.address;
    const facts = sameUser ? node.facts : { ...node.facts, userKey: undefined };
    const known = sameUser && sameAddress;
    nodes.set(node.name, known ? node : { ...node, facts, identityAt: roster, admitted: false });
  }
  const formerHostfiles = withFormer(state, spec);
  const strangers = [...nodes.values()].some((node) => node.identityAt === roster);
  const hooks = hookRecordsOf(spec, state.hooks, lastEvent);
  return { ...state, spec, nodes, formerHostfiles, hooks, roster: strangers ? roster : state.roster };
}

/** As many as somebody may have tried out since the primary last heard of them. */
const mostFormer = 16;

/** Adds what the new spec asks for no more, and forgets what it asks for again. */
function withFormer({ spec: before, formerHostfiles }: ClusterState, spec: ClusterSpec): readonly string[] {
  const wanted = pathsOf(spec);
  const former = [...formerHostfiles, ...pathsOf(before)].filter((path) => !wanted.includes(path));
  return [...new Set(former.toReversed())].slice(0, mostFormer).toReversed();
}

function pathsOf({ hostfile: { path, mpich, intel } }: ClusterSpec): readonly string[] {
  return [path, mpich, intel].filter((place) => place !== undefined);
}
