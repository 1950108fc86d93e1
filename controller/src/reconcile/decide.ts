import type { DesiredState } from "@cowherd/proto";
import { hostfileEntries } from "../hostfile/hostfile-entries.ts";
import { ordinaryPace, type Pace, publicationDue } from "../hostfile/pace.ts";
import type { ClusterState, PublishedHostfile } from "../state/cluster-state.ts";
import { objectionTo, waitOf } from "../state/fitness.ts";
import { lackingProof } from "../state/proving.ts";
import { reduce } from "../state/reduce.ts";
import { commonLoss } from "../state/silence.ts";
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
  | { readonly type: "hold-hostfile" }
  | { readonly type: "release-hostfile" }
  | { readonly type: "publish-hostfile"; readonly hostfile: PublishedHostfile };

/**
 * Lists what must be done next; empty at the fixed point.
 *
 * Level-based: it looks at the whole state, never at the event that woke it, so a missed
 * event costs a delay and not a wrong answer. One kind of action at a time, in this order:
 * who is not fit leaves before anything else is thought of; the hostfile follows, unless too
 * many left at once; what nodes should be is brought up to date; and only then is it judged who
 * has become fit. What has to wait for a time is decided when the state has come to that time.
 */
export function decide(state: ClusterState, pace: Pace = ordinaryPace): readonly Action[] {
  const stages = [withdrawals, holds, publications, newDesiredStates, admissions];
  return stages.reduce<readonly Action[]>((found, stage) => (found.length > 0 ? found : stage(state, pace)), []);
}

function withdrawals(state: ClusterState): readonly Action[] {
  return [...state.nodes.values()]
    .filter((node) => node.admitted && objectionTo(state, node) !== undefined)
    .map(({ name }) => ({ type: "withdraw", node: name }));
}

function holds(state: ClusterState): readonly Action[] {
  const wanted = commonLoss(state) !== undefined;
  if (wanted === state.silence.held) return [];
  return [{ type: wanted ? "hold-hostfile" : "release-hostfile" }];
}

/** An empty view is never published: the last good file stays, whatever befell the nodes. */
function publications(state: ClusterState, pace: Pace): readonly Action[] {
  const due = state.silence.held ? undefined : publicationDue(state, pace);
  if (due === undefined || due > state.runTime) return [];
  const generation = (state.hostfile?.generation ?? 0n) + 1n;
  return [{ type: "publish-hostfile", hostfile: { generation, entries: hostfileEntries(state) } }];
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
    if (lackingProof(admitted, node) !== undefined) continue; // one of the waits, and asks no peers
    if (waitOf(admitted, node) !== undefined) continue;
    admitted = reduce(admitted, { type: "node-admitted", node: name });
    actions.push({ type: "admit", node: name });
  }
  return actions;
}
