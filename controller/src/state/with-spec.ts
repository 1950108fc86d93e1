import type { ClusterSpec } from "../spec/cluster-spec.ts";
import type { ClusterState, NodeState } from "./cluster-state.ts";

/**
 * Returns the state under another spec.
 *
 * A node that left the spec is removed: its certificates speak for nobody from now on. One
 * with another address, or without the key of the user that there now is, is a stranger
 * to its peers and must be found fit anew.
 */
export function withSpec(state: ClusterState, spec: ClusterSpec): ClusterState {
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
  const strangers = [...nodes.values()].some((node) => node.identityAt === roster);
  return { ...state, spec, nodes, roster: strangers ? roster : state.roster };
}
