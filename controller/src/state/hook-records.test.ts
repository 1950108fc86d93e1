import { describe, expect, it } from "vitest";
import { clusterSpec, empty, given, names } from "./cluster.fixture.ts";
import type { ClusterEvent, ClusterState } from "./cluster-state.ts";
import { hookNotices } from "./hook-notices.ts";

const apply = (hooks: string, lastEvent: bigint): ClusterEvent => ({
  type: "spec-applied",
  spec: clusterSpec(names, hooks),
  lastEvent,
});
const notify = "hooks: [{ run: notify, on: [node.*] }]";
const both = "hooks: [{ run: notify, on: [node.*] }, { run: queue, on: [hostfile.published] }]";
const ended = (sequence: bigint, failure?: string, skipped = 0): ClusterEvent => ({
  type: "hook-ended",
  hook: "notify",
  sequence,
  done: sequence,
  at: Number(sequence) * 1_000,
  failure,
  skipped,
});
const done = ({ hooks }: ClusterState) => [...hooks.values()].map(({ hook, done: sequence }) => [hook, sequence]);

describe("a hook's record", () => {
  it("begins after the events that are older than the hook", () => {
    const first = given(empty(), apply(notify, 7n));
    expect(done(first)).toEqual([["notify", 7n]]);
    const second = given(first, ended(9n), apply(both, 12n));
    expect(done(second)).toEqual([
      ["notify", 9n],
      ["queue", 12n],
    ]);
    expect(done(given(second, apply("", 13n), apply(notify, 14n)))).toEqual([["notify", 14n]]);
  });

  it("has the last failure until the hook ends well", () => {
    const failed = given(empty(), apply(notify, 0n), ended(1n, "exit code 3"), ended(2n, "exit code 4"));
    expect(failed.hooks.get("notify")?.failure).toEqual({ at: 2_000, sequence: 2n, reason: "exit code 4" });
    expect(given(failed, ended(3n)).hooks.get("notify")?.failure).toBeUndefined();
  });

  it("takes an end once, and none of a hook that is no more", () => {
    const once = given(empty(), apply(notify, 0n), ended(5n));
    expect(given(once, ended(5n, "late"))).toBe(once);
    expect(given(empty(), ended(5n))).toEqual(empty());
  });
});

describe("notices of hooks", () => {
  const failed = given(empty(), apply(notify, 0n), ended(60n, "exit code 3: no such channel", 12));

  it("say why one failed, for which event, and where its output is", () => {
    expect(hookNotices(failed, [], true, 240_000)).toEqual([
      "hook notify failed 3 min ago, for event 60: exit code 3: no such channel; its output: journalctl -t cowherd-hook-notify",
      "hook notify was not run for 12 events: too many came at once",
    ]);
  });

  it("tell of what was skipped lately, stored or not, for a day", () => {
    const well = given(failed, ended(61n));
    const backlogs = [{ hook: "notify", waiting: 3, skipped: 1 }];
    expect(hookNotices(well, backlogs, true, 240_000)).toEqual([
      "hook notify was not run for 13 events: too many came at once",
    ]);
    expect(hookNotices(well, backlogs, true, 200_000_000)).toEqual([
      "hook notify was not run for 1 event: too many came at once",
    ]);
    expect(hookNotices(well, [], true, 200_000_000)).toEqual([]);
  });

  it("tell of what waits while the primary's agent is away", () => {
    const well = given(empty(), apply(notify, 0n));
    const waiting = (count: number) => hookNotices(well, [{ hook: "notify", waiting: count, skipped: 0 }], false, 0);
    expect(waiting(1)).toEqual(["hook notify: 1 event waits for the agent of the primary"]);
    expect(waiting(2)).toEqual(["hook notify: 2 events wait for the agent of the primary"]);
    expect(waiting(0)).toEqual([]);
  });
});
