import { describe, expect, it } from "vitest";
import { empty, enrolled, given, later, machine, nodeOf, proved, ran, suddenly } from "./cluster.fixture.ts";
import type { ClusterEvent, ClusterState } from "./cluster-state.ts";
import { noticesOf } from "./notices.ts";
import { decodeState, encodeState } from "./persist.ts";
import { phaseOf } from "./phase.ts";

const then = (state: ClusterState, ...events: readonly ClusterEvent[]) => proved(given(state, ...events));
const at = (state: ClusterState, ...events: readonly ClusterEvent[]) => proved(suddenly(state, ...events));
const runs = (state: ClusterState, ...nodes: readonly string[]) =>
  nodes.reduce((now, node) => then(now, ran(now, node)), state);
const lines = (state: ClusterState) => state.hostfile?.entries.map(({ node }) => node);
const drain = (node: string, deadlineMs?: number): ClusterEvent => ({
  type: "node-drained",
  node,
  reason: "new disk",
  deadlineMs,
});
const ranks = (count: number, node = "secondary1"): ClusterEvent => ({ type: "ranks-counted", node, ranks: count });
const undrain = (node: string): ClusterEvent => ({ type: "node-undrained", node });
const lost: ClusterEvent = { type: "lease-lost", node: "secondary1" };

const one = runs(then(empty(), ...enrolled("primary")), "primary", "primary");
const two = runs(then(one, ...enrolled("secondary1")), "secondary1", "primary", "primary");
const draining = at(two, drain("secondary1"));
const minute = 60_000;

describe("a drained node", () => {
  it("leaves the hostfile with the next generation, and nobody else does", () => {
    expect(lines(draining)).toEqual(["primary"]);
    expect(draining.hostfile?.generation).toBe((two.hostfile?.generation ?? 0n) + 1n);
  });

  it("comes back with the operator's word, at once where it is fit", () => {
    expect(lines(at(later(draining, minute), undrain("secondary1")))).toEqual(["primary", "secondary1"]);
  });

  it("is found fit anew like any other", () => {
    const unfit = then(draining, {
      type: "facts-reported",
      node: "secondary1",
      facts: machine("secondary1", { interfaces: [] }),
    });
    expect(lines(then(unfit, undrain("secondary1")))).toEqual(["primary"]);
  });

  it("stays so over silence, another spec, a restart and another machine in its place", () => {
    const events: readonly ClusterEvent[] = [
      lost,
      { type: "spec-applied", spec: two.spec },
      { type: "node-enrolled", node: "secondary1", certificate: "new", facts: machine("secondary1") },
      { type: "lease-gained", node: "secondary1" },
    ];
    const again = runs(then(decodeState(encodeState(draining)), ...events), "secondary1", "primary");
    expect(lines(again)).toEqual(["primary"]);
    expect(nodeOf(again, "secondary1").drain).toEqual({ reason: "new disk", deadline: undefined, ranks: undefined });
  });

  it("is forgotten when it is removed", () => {
    const anew = then(then(draining, { type: "node-removed", node: "secondary1" }), ...enrolled("secondary1"));
    expect(nodeOf(anew, "secondary1").drain).toBeUndefined();
  });

  it("may be drained again with other words, and keeps what was counted", () => {
    const again = at(at(draining, ranks(3)), { type: "node-drained", node: "secondary1", reason: "r", deadlineMs: 5 });
    expect(nodeOf(again, "secondary1").drain).toMatchObject({ reason: "r", ranks: 3 });
    expect(suddenly(draining, drain("secondary1"))).toBe(draining);
  });

  it("counts ranks only while it is drained, and stores a number once", () => {
    const counted = suddenly(draining, ranks(3));
    expect(suddenly(counted, ranks(3))).toBe(counted);
    expect(suddenly(two, ranks(3))).toBe(two);
    expect(suddenly(two, undrain("secondary1"))).toBe(two);
  });
});

describe("the reason of a drained node", () => {
  const unfit = {
    type: "facts-reported",
    node: "secondary1",
    facts: machine("secondary1", { interfaces: [] }),
  } as const;
  const silence = "no sign of life: is the machine up, and does its cowherd-agent run?";

  it.each<[string, ClusterState, string, string]>([
    ["nobody has counted", draining, "draining", "draining: how many ranks still run is not known yet: new disk"],
    ["ranks run", at(draining, ranks(3)), "draining", "draining: 3 ranks still run: new disk"],
    ["a rank runs", at(draining, ranks(1)), "draining", "draining: 1 rank still runs: new disk"],
    ["no rank runs any more", at(draining, ranks(3), ranks(0)), "drained", "drained: new disk"],
    ["a job came back to it", at(draining, ranks(0), ranks(2)), "draining", "draining: 2 ranks still run: new disk"],
    ["it is switched off", at(draining, ranks(0), lost), "drained", `drained: new disk; ${silence}`],
    [
      "it fell silent with ranks",
      at(draining, ranks(3), lost),
      "draining",
      `draining: 3 ranks ran when it was last heard: new disk; ${silence}`,
    ],
    [
      "it is unfit as well",
      at(draining, ranks(0), unfit),
      "drained",
      "drained: new disk; address 192.168.56.11 is on none of its interfaces (it has none)",
    ],
    [
      "there is time",
      at(two, drain("secondary1", 30 * minute), ranks(3)),
      "draining",
      "draining: 3 ranks still run, 30 min until the deadline: new disk",
    ],
    [
      "time is up",
      later(at(two, drain("secondary1", 30 * minute), ranks(3)), 35 * minute),
      "draining",
      "draining: 3 ranks still run, OVERDUE by 5 min: new disk",
    ],
    [
      "time is up and it is empty",
      later(at(two, drain("secondary1", 30 * minute), ranks(0)), 35 * minute),
      "drained",
      "drained: new disk",
    ],
  ])("says what there is to know where %s", (_, state, phase, reason) => {
    expect(phaseOf(state, "secondary1")).toEqual({ phase, reason });
  });
});

describe("the operator is told under the table", () => {
  const overdue = later(at(two, drain("secondary1", minute), ranks(3)), 6 * minute);
  const left =
    "primary: drained, and listed in the hostfile still: no other node that it may list is ready, and without a line mpirun would run here";

  it("of a deadline that passed with ranks that run", () => {
    expect(noticesOf(overdue)).toEqual([
      "secondary1 is OVERDUE by 5 min to be drained: Cowherd ends no rank, so end the job or wait",
    ]);
    expect(noticesOf(at(overdue, ranks(0)))).toEqual([]);
  });

  it("H38: of the last line, which stays since an empty hostfile is never published", () => {
    const last = at(draining, drain("primary"));
    expect(last.hostfile).toEqual(draining.hostfile);
    expect(noticesOf(last)).toEqual([left]);
    expect(phaseOf(at(last, ranks(0, "primary")), "primary")).toEqual({
      phase: "draining",
      reason: "draining: its line stays in the hostfile so far: new disk",
    });
    expect(noticesOf(later(at(last, drain("primary", minute)), 5 * minute))).toEqual([left]);
  });

  it("no more of it once another node is ready", () => {
    const relieved = at(later(at(draining, drain("primary")), minute), undrain("secondary1"));
    expect(lines(relieved)).toEqual(["secondary1"]);
    expect(noticesOf(relieved)).toEqual([]);
  });
});
