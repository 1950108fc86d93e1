import type { DesiredState } from "@cowherd/proto";
import { ordinaryPace, type Pace } from "../hostfile/pace.ts";
import type { ClusterEvent, ClusterState } from "../state/cluster-state.ts";
import { reduce } from "../state/reduce.ts";
import { type Action, decide } from "./decide.ts";

/** A state at its fixed point, and the desired states that became others on the way, by node. */
export type Settled = { readonly state: ClusterState; readonly desired: ReadonlyMap<string, DesiredState> };

/** The rules contradict each other: a fault of ours, in no state that a cluster can be in. */
export class UnsettledError extends Error {
  override readonly name = "UnsettledError";
  readonly actions: readonly Action[];

  constructor(actions: readonly Action[]) {
    super(`no fixed point: still to do: ${actions.map(({ type }) => type).join(", ")}`);
    this.actions = actions;
  }
}

/** Withdrawals, hold, hostfile, desired states, admissions, hold, hostfile, the primary's desired state; and as many to spare. */
const mostRounds = 16;

/**
 * Applies what decide says until there is nothing left to do. Pure.
 *
 * Store the state before anyone is told of the desired states: of two for the same node on
 * the way, only the newer is returned. `at` is the wall clock's time, for the hostfiles that
 * are published on the way. Throws UnsettledError where there is no end.
 */
export function settle(state: ClusterState, pace: Pace = ordinaryPace, at?: number): Settled {
  const desired = new Map<string, DesiredState>();
  let settled = state;
  for (let round = 0; round < mostRounds; round += 1) {
    const actions = decide(settled, pace);
    if (actions.length === 0) return { state: settled, desired };
    for (const action of actions) {
      if (action.type === "set-desired-state") desired.set(action.node, action.desired);
      settled = reduce(settled, eventOf(action, at));
    }
  }
  throw new UnsettledError(decide(settled, pace));
}

function eventOf(action: Action, at: number | undefined): ClusterEvent {
  switch (action.type) {
    case "set-desired-state": {
      const { node, roster } = action;
      const { generation, revision } = action.desired;
      return { type: "desired-state-set", node, desired: { generation, revision, roster } };
    }
    case "admit":
      return { type: "node-admitted", node: action.node };
    case "withdraw":
      return { type: "node-withdrawn", node: action.node };
    case "hold-hostfile":
      return { type: "hostfile-held" };
    case "release-hostfile":
      return { type: "hostfile-released", accepted: false };
    case "publish-hostfile":
      return { type: "hostfile-published", hostfile: action.hostfile, at };
  }
}
