import type { Timing } from "../config.ts";
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
  /** Takes a sign of life. `ranks` is how many the node counted, where it did. */
  heartbeat(node: string, activity: string, ranks?: number): void;
  /** Ends the leases that ran out, and does what only waited for its time. To be called at short intervals. */
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
  readonly timing: Pick<Timing, "pauseMs" | "lateMs">;
  /** Called when the status may have changed and the record has not. */
  readonly activityChanged: () => void;
};

/** Starts with a fresh lease for every node that was reachable: our own absence is not theirs. */
export function createLiveness({ loop, monotonic, timing, activityChanged }: LivenessDeps): Liveness {
  /** As the spec has it now: a node learns of another heartbeat with the answer to its next one. */
  function leaseTiming(): LeaseTiming {
    const { heartbeatSeconds, leaseSeconds } = loop.record().state.spec.liveness;
    const fadingMs = heartbeatSeconds * 1000 + timing.lateMs;
    return { leaseMs: leaseSeconds * 1000, pauseMs: timing.pauseMs, fadingMs };
  }

  const reachable = [...loop.record().state.nodes.values()].filter((node) => node.reachable);
  let table: LeaseTable = freshLeases(
    reachable.map(({ name }) => name),
    monotonic(),
    leaseTiming(),
  );
  const activities = new Map<string, string>();

  function note(node: string, activity: string): void {
    const before = activities.get(node) ?? "";
    if (activity === "") activities.delete(node);
    else activities.set(node, activity);
    if (activity !== before) activityChanged();
  }

  return {
    heartbeat(node, activity, ranks) {
      table = renewLease(table, node, monotonic(), leaseTiming());
      const { reachable, drain } = loop.record().state.nodes.get(node) ?? {};
      if (reachable === false) loop.commit({ events: [{ type: "lease-gained", node }] });
      if (drain !== undefined && ranks !== undefined && ranks !== drain.ranks) {
        loop.commit({ events: [{ type: "ranks-counted", node, ranks }] });
      }
      note(node, oneLine(activity, 200));
    },

    tick() {
      const looked = lookOver(table, monotonic(), leaseTiming());
      table = looked.table;
      if (loop.pass()) activityChanged();
      if (looked.ended.length === 0) return;
      const lost = looked.ended.map((node) => ({ type: "lease-lost", node }) as const);
      loop.commit({ events: [{ type: "nodes-fading", nodes: looked.fading }, ...lost] }); // a removed node changes nothing
      table = dropLeases(table, looked.ended); // only now: a store that failed is tried again at the next tick
      for (const node of looked.ended) note(node, "");
    },

    remaining: (node) => remainingLease(table, node, monotonic()),
    activity: (node) => activities.get(node) ?? "",
  };
}
