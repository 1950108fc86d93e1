import { expect, it } from "vitest";
import { ordinaryPace } from "../hostfile/pace.ts";
import { clusterSpec, empty, enrolled, given, later, proved, ran, suddenly } from "../state/cluster.fixture.ts";
import type { ClusterEvent, ClusterState } from "../state/cluster-state.ts";
import { nextDue } from "./next-due.ts";

const nodes = ["primary", "secondary1", "secondary2"];
const then = (state: ClusterState, ...events: readonly ClusterEvent[]) => proved(suddenly(state, ...events));
const runs = (state: ClusterState) =>
  nodes.reduce((now, node) => proved(later(then(now, ran(now, node)), 2_000)), state);
const joined = then(
  given(empty(), { type: "spec-applied", spec: clusterSpec(nodes) }),
  ...nodes.flatMap((node) => enrolled(node)),
);
const ready = proved(later(runs(runs(joined)), 900_000));
const lost = (node: string) => ({ type: "lease-lost", node }) as const;

/** In how many milliseconds a state has something to do. */
function dueIn(state: ClusterState): number | undefined {
  const due = nextDue(state, ordinaryPace);
  return due === undefined ? undefined : due - state.runTime;
}

it("waits for nothing where all is well, and while a node is away", () => {
  expect(dueIn(ready)).toBeUndefined();
  expect(dueIn(then(ready, lost("secondary1")))).toBeUndefined();
});

it("waits, while the hostfile is held, for those that seemed to follow to be lost or alive", () => {
  const fading = then(ready, { type: "nodes-fading", nodes: ["secondary2"] }, lost("secondary1"));
  expect(fading.silence.held).toBe(true);
  expect(dueIn(fading)).toBe(3_000);
});

it("waits, when enough are back, for others to follow them", () => {
  const held = then(ready, lost("secondary1"), lost("secondary2"));
  expect(dueIn(held)).toBeUndefined();
  expect(dueIn(then(later(held, 60_000), { type: "lease-gained", node: "secondary1" }))).toBe(7_000);
});

it("waits for a deadline, once", () => {
  const drained = then(ready, { type: "node-drained", node: "secondary1", reason: "r", deadlineMs: 5_000 });
  expect([dueIn(drained), dueIn(later(drained, 4_000)), dueIn(later(drained, 5_000))]).toEqual([
    5_000,
    1_000,
    undefined,
  ]);
});
