import { type Event, nodeOf } from "@cowherd/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { absences, effort, type Happening, histories, play } from "../reconcile/histories.fixture.ts";
import { settle } from "../reconcile/settle.ts";
import {
  clusterSpec,
  empty,
  enrolled,
  given,
  later,
  machine,
  names,
  proved,
  ran,
  nodeOf as stateOf,
  suddenly,
} from "../state/cluster.fixture.ts";
import type { ClusterEvent, ClusterState, Phase } from "../state/cluster-state.ts";
import { phaseOf } from "../state/phase.ts";
import { eventsBetween, viewOf } from "./events-between.ts";

const recordOf = (state: ClusterState) => ({ state, tokens: new Map(), operators: new Map() });
const between = (before: ClusterState, after: ClusterState) =>
  eventsBetween(viewOf(recordOf(before)), viewOf(recordOf(after)));
const typesOf = (events: readonly Event[]) => events.map(({ type }) => type);

/** A state in which these nodes are ready. */
function readyState(...nodes: readonly string[]): ClusterState {
  const joined = settle(given(empty(), ...nodes.flatMap((node) => enrolled(node)))).state;
  const runAll = (state: ClusterState) => settle(given(state, ...nodes.map((node) => ran(state, node)))).state;
  const once = proved(runAll(joined));
  return settle(later(proved(runAll(proved(runAll(once)))), 900_000)).state;
}
const ready = readyState("primary", "secondary1");
const nowAfter = (...events: readonly ClusterEvent[]) => settle(given(ready, ...events)).state;
const told = (...events: readonly ClusterEvent[]) => between(ready, nowAfter(...events));

describe("what is told of a node", () => {
  it("that joins is that it is enrolled, and where it stands once it was heard", () => {
    const [join, alive] = enrolled("secondary1");
    const joined = settle(given(empty(), ...[join].flatMap((event) => event ?? []))).state;
    expect(between(empty(), joined)).toEqual([{ type: "node.enrolled", node: "secondary1", address: "192.168.56.11" }]);
    const heard = settle(given(joined, ...[alive].flatMap((event) => event ?? []))).state;
    expect(between(joined, heard)).toMatchObject([
      { type: "node.converging", reason: "waiting for its first run to end" },
    ]);
  });

  it("that becomes ready is how many ranks it takes, and then the hostfile with it", () => {
    expect(between(readyState("primary"), ready)).toEqual([
      { type: "node.enrolled", node: "secondary1", address: "192.168.56.11" },
      { type: "node.ready", node: "secondary1", slots: 2 },
      {
        type: "hostfile.published",
        generation: ready.hostfile?.generation,
        slots: 4,
        added: [{ node: "secondary1", slots: 2 }],
        removed: [],
        changed: [],
      },
    ]);
  });

  it("that falls silent is why, and that it left the hostfile", () => {
    expect(told({ type: "lease-lost", node: "secondary1" })).toMatchObject([
      { type: "node.unreachable", node: "secondary1", reason: expect.stringMatching(/^no sign of life/) },
      { type: "hostfile.published", slots: 2, added: [], removed: ["secondary1"] },
    ]);
  });

  it("that is drained and let back is both", () => {
    const drained = nowAfter({ type: "node-drained", node: "secondary1", reason: "new fan", deadlineMs: undefined });
    expect(between(ready, drained)).toMatchObject([
      { type: "node.draining", reason: expect.stringContaining("new fan") },
      { type: "hostfile.published", removed: ["secondary1"] },
    ]);
    const emptied = given(drained, { type: "ranks-counted", node: "secondary1", ranks: 0 });
    expect(between(drained, emptied)).toEqual([
      { type: "node.drained", node: "secondary1", reason: "drained: new fan" },
    ]);
    expect(typesOf(between(emptied, given(emptied, { type: "node-undrained", node: "secondary1" })))).toEqual([
      "node.undrained",
      "node.proving",
    ]);
  });

  it("that is removed is no more than that", () => {
    expect(typesOf(told({ type: "node-removed", node: "secondary1" }))).toEqual(["node.removed", "hostfile.published"]);
  });

  it("whose place another machine took is that it is enrolled anew, and nothing of what the former had", () => {
    const failed = nowAfter(ran(ready, "secondary1", { packages: "gone" }));
    const replaced = given(failed, {
      type: "node-enrolled",
      node: "secondary1",
      certificate: "new",
      facts: machine("secondary1"),
    });
    expect(between(failed, replaced)).toEqual([
      { type: "node.enrolled", node: "secondary1", address: "192.168.56.11" },
    ]);
  });
});

describe("what is told of a run", () => {
  const failed = nowAfter(ran(ready, "primary", { packages: "no space left" }, { hostfile: "packages" }));

  it("is each resource that failed, once, and not what was skipped for it", () => {
    expect(between(ready, failed)).toContainEqual({
      type: "run.failed",
      node: "primary",
      resource: "packages",
      reason: "no space left",
    });
    expect(typesOf(between(ready, failed)).filter((type) => type === "run.failed")).toHaveLength(1);
    const again = given(failed, ran(failed, "primary", { packages: "no space left on device" }));
    expect(typesOf(between(failed, again))).not.toContain("run.failed");
  });

  it("is that it recovered", () => {
    expect(between(failed, given(failed, ran(failed, "primary")))).toContainEqual({
      type: "run.recovered",
      node: "primary",
      resource: "packages",
    });
  });
});

it("tells of a proof when it first fails", () => {
  const basis = stateOf(ready, "primary").proofs.find(({ kind }) => kind === "peers")?.basis ?? "";
  const fails = (at: number): ClusterEvent => ({
    type: "proofs-reported",
    node: "primary",
    basis,
    proofs: [{ kind: "peers", failure: "secondary1 is unknown", durationMs: 1 }],
    answered: true,
    at,
  });
  const once = suddenly(ready, fails(5));
  expect(between(ready, once)).toEqual([
    { type: "proof.failed", node: "primary", proof: "peers", reason: "secondary1 is unknown" },
  ]);
  expect(typesOf(between(once, suddenly(once, fails(6))))).not.toContain("proof.failed");
});

it("tells of a certificate when it is renewed, and once when it ends soon", () => {
  const renewed = suddenly(ready, {
    type: "certificate-issued",
    node: "primary",
    certificate: "next",
    expiresAt: 7_000,
  });
  expect(between(ready, renewed)).toEqual([{ type: "certificate.renewed", node: "primary", expiresAt: 7_000 }]);
  const used = suddenly(renewed, { type: "certificate-used", node: "primary", certificate: "next" });
  expect(between(renewed, used)).toEqual([]);
  const ending = suddenly(used, { type: "certificate-expiring", node: "primary" });
  expect(between(used, ending)).toEqual([{ type: "certificate.expiring", node: "primary", expiresAt: 7_000 }]);
  expect(suddenly(ending, { type: "certificate-expiring", node: "primary" })).toBe(ending);
});

it("tells of another spec, and not of the same one applied again", () => {
  const smaller = clusterSpec(["primary", "secondary1", "secondary7"]);
  expect(told({ type: "spec-applied", spec: smaller })).toContainEqual({
    type: "spec.applied",
    added: ["secondary7"],
    removed: ["secondary2", "secondary10"],
  });
  expect(told({ type: "spec-applied", spec: clusterSpec() })).toEqual([]);
});

it("tells of a token that was spent, once", () => {
  const token = { id: "a1", node: "secondary2", secretHash: "", expiresAt: 1, spentBy: undefined };
  const viewed = (spentBy: string | undefined) =>
    viewOf({ ...recordOf(ready), tokens: new Map([["a1", { ...token, spentBy }]]) });
  expect(eventsBetween(viewed(undefined), viewed("key"))).toEqual([
    { type: "token.used", node: "secondary2", id: "a1" },
  ]);
  expect(eventsBetween(viewed("key"), viewed("key"))).toEqual([]);
});

const standingOfPhase: Readonly<Record<Phase, string | undefined>> = {
  absent: undefined,
  enrolled: "node.converging",
  converging: "node.converging",
  proving: "node.proving",
  ready: "node.ready",
  degraded: "node.degraded",
  unreachable: "node.unreachable",
  draining: "node.draining",
  drained: "node.drained",
  quarantined: "node.quarantined",
};
const standings = new Set(Object.values(standingOfPhase));

describe("whatever happens, in whatever order", () => {
  const check = (
    all: fc.Arbitrary<readonly (readonly Happening[])[]>,
    look: (heard: readonly Event[], now: ClusterState) => void,
  ) =>
    fc.assert(
      fc.property(all, (history) => {
        const heard: Event[] = [];
        play(history, (now, before) => {
          expect(between(now, now)).toEqual([]);
          heard.push(...between(before, now));
          look(heard, now);
        });
      }),
      effort,
    );

  it.each([
    ["at random", histories],
    ["with absences", absences],
  ])("whoever heard all of it knows where every node stands: %s", (_, all) => {
    check(all, (heard, now) => {
      for (const name of names) {
        const { phase } = phaseOf(now, name);
        const about = heard.filter((event) => nodeOf(event) === name).map(({ type }) => type);
        const since = about.slice(Math.max(0, about.lastIndexOf("node.enrolled")));
        if (phase === "absent") {
          expect([undefined, "node.removed"]).toContain(
            about.findLast((type) => type === "node.removed" || type === "node.enrolled"),
          );
          continue;
        }
        const unheard = phase === "unreachable" && stateOf(now, name).leasePeriod === 0;
        expect(since.findLast((type) => standings.has(type))).toBe(unheard ? undefined : standingOfPhase[phase]);
      }
    });
  });

  it("whoever heard all of it knows the hostfile, and what fails", () => {
    check(histories, (heard, now) => {
      const slots = new Map<string, number>();
      const failing = new Set<string>();
      for (const event of heard) {
        if (event.type === "hostfile.published") {
          for (const { node, slots: count } of event.added) slots.set(node, count);
          for (const node of event.removed) slots.delete(node);
          for (const { node, after: count } of event.changed) slots.set(node, count);
          expect([...slots.values()].reduce((sum, count) => sum + count, 0)).toBe(event.slots);
        }
        const node = nodeOf(event);
        if (event.type === "run.failed") failing.add(`${node} ${event.resource}`);
        if (event.type === "run.recovered") failing.delete(`${node} ${event.resource}`);
        if (event.type === "node.enrolled" || event.type === "node.removed")
          for (const key of failing) if (key.startsWith(`${node} `)) failing.delete(key);
      }
      expect(slots).toEqual(new Map(now.hostfile?.entries.map((entry) => [entry.node, entry.slots])));
      const wanted = [...now.nodes.values()].flatMap(({ name, lastRun }) =>
        (lastRun?.failures ?? []).flatMap(({ end, resource }) => (end === "failed" ? [`${name} ${resource}`] : [])),
      );
      expect([...failing].toSorted()).toEqual(wanted.toSorted());
    });
  });
});
