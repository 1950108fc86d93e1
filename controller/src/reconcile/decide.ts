import type { DesiredState } from "@cowherd/proto";
import { hostfileEntries } from "../hostfile/hostfile-entries.ts";
import type { ClusterState, HostfileEntry, PublishedHostfile } from "../state/cluster-state.ts";
import { objectionTo, waitOf } from "../state/fitness.ts";
import { reduce } from "../state/reduce.ts";
import { desiredStates } from "./desired-states.ts";

/** One step towards the fixed point. */
export type Action =
  /** `roster` is how much of it the state carries. */
  | {
      readonly type: "set-desired-state";
      readonly node: string;
      readonly desired: DesiredState;
      readonly roster: number;
    }
  | { readonly type: "admit"; readonly node: string }
  | { readonly type: "withdraw"; readonly node: string }
  | { readonly type: "publish-hostfile"; readonly hostfile: PublishedHostfile };

/**
 * Lists what must be done next; empty at the fixed point.
 *
 * Level-based: it looks at the whole state, never at the event that woke it, so a missed
 * event costs a delay and not a wrong answer. One kind of action at a time, in this order:
 * who is not fit leaves before anything else is thought of; the hostfile follows; what nodes
 * should be is brought up to date; and only then is it judged who has become fit.
 */
export function decide(state: ClusterState): readonly Action[] {
  const stages = [withdrawals, publications, newDesiredStates, admissions];
  return stages.reduce<readonly Action[]>((found, stage) => (found.length > 0 ? found : stage(state)), []);
}

function withdrawals(state: ClusterState): readonly Action[] {
  return [...state.nodes.values()]
    .filter((node) => node.admitted && objectionTo(state, node) !== undefined)
    .map(({ name }) => ({ type: "withdraw", node: name }));
}

/** An empty view is never published: the last good file stays, whatever befell the nodes. */
function publications(state: ClusterState): readonly Action[] {
  const entries = hostfileEntries(state);
  if (entries.length === 0 || sameEntries(entries, state.hostfile?.entries)) return [];
  const generation = (state.hostfile?.generation ?? 0n) + 1n;
  return [{ type: "publish-hostfile", hostfile: { generation, entries } }];
}

function sameEntries(a: readonly HostfileEntry[], b: readonly HostfileEntry[] | undefined): boolean {
  return a.length === b?.length && a.every(({ node, slots }, at) => node === b[at]?.node && slots === b[at]?.slots);
}

function newDesiredStates(state: ClusterState): readonly Action[] {
  return [...desiredStates(state)]
    .filter(([node, desired]) => desired.generation !== state.nodes.get(node)?.desired?.generation)
    .map(([node, desired]) => ({ type: "set-desired-state", node, desired, roster: state.roster }));
}

/** One after another in the order of the spec: whom the second must know depends on whether the first came in. */
function admissions(state: ClusterState): readonly Action[] {
  const actions: Action[] = [];
  let admitted = state;
  for (const name of state.spec.nodes.keys()) {
    const node = admitted.nodes.get(name);
    if (node === undefined || node.admitted || objectionTo(state, node) !== undefined) continue;
    if (waitOf(admitted, node) !== undefined) continue;
    admitted = reduce(admitted, { type: "node-admitted", node: name });
    actions.push({ type: "admit", node: name });
  }
  return actions;
}
