import type { Loop } from "../reconcile/loop.ts";
import { oneLine } from "../spec/printable.ts";
import {
  dropLeases,
  freshLeases,
  type LeaseTable,
  type LeaseTiming,
  lookOver,
  remainingLease,
  renewLease,
} from "./lease-table.ts";

/** Who is alive, by the controller's own monotonic clock. Heartbeats touch no disk; gaining and losing a lease do. */
export interface Liveness {
  /** Takes a sign of life. */
  heartbeat(node: string, activity: string): void;
  /** Ends the leases that ran out. To be called at short intervals. */
  tick(): void;
  /** Milliseconds. Undefined without a lease. */
  remaining(node: string): number | undefined;
  /** What the node does right now; empty at rest. */
  activity(node: string): string;
}

export type LivenessDeps = {
  readonly loop: Loop;
  /** Milliseconds of a clock that only goes forwards. */
  readonly monotonic: () => number;
  readonly timing: LeaseTiming;
  readonly activityChanged: () => void;
};

/** Starts with a fresh lease for every node that was reachable: our own absence is not theirs. */
export function createLiveness({ loop, monotonic, timing, activityChanged }: LivenessDeps): Liveness {
  const reachable = [...loop.record().state.nodes.values()].filter((node) => node.reachable);
  let table: LeaseTable = freshLeases(
    reachable.map(({ name }) => name),
    monotonic(),
    timing,
  );
  const activities = new Map<string, string>();

  function note(node: string, activity: string): void {
    const before = activities.get(node) ?? "";
    if (activity === "") activities.delete(node);
    else activities.set(node, activity);
    if (activity !== before) activityChanged();
  }

  return {
    heartbeat(node, activity) {
      table = renewLease(table, node, monotonic(), timing);
      if (loop.record().state.nodes.get(node)?.reachable === false) {
        loop.commit({ events: [{ type: "lease-gained", node }] });
      }
      note(node, oneLine(activity, 200));
    },

    tick() {
      const looked = lookOver(table, monotonic(), timing);
      table = looked.table;
      if (looked.ended.length === 0) return;
      loop.commit({ events: looked.ended.map((node) => ({ type: "lease-lost", node })) }); // a removed node changes nothing
      table = dropLeases(table, looked.ended); // only now: a store that failed is tried again at the next tick
      for (const node of looked.ended) note(node, "");
    },

    remaining: (node) => remainingLease(table, node, monotonic()),
    activity: (node) => activities.get(node) ?? "",
  };
}
