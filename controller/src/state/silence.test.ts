import { describe, expect, it } from "vitest";
import { dueProbes } from "../proofs/due-probes.ts";
import { defaultProbeTiming } from "../proofs/probe-timing.ts";
import { settle } from "../reconcile/settle.ts";
import {
  answered,
  clusterSpec,
  empty,
  enrolled,
  later,
  names,
  nodeOf,
  proved,
  ran,
  suddenly,
} from "./cluster.fixture.ts";
import type { ClusterEvent, ClusterState } from "./cluster-state.ts";
import { noticesOf } from "./notices.ts";
import { decodeState, encodeState } from "./persist.ts";
import { phaseOf } from "./phase.ts";

const then = (state: ClusterState, ...events: readonly ClusterEvent[]) => proved(suddenly(state, ...events));
const wait = (state: ClusterState, ms: number) => proved(later(state, ms));
const lines = (state: ClusterState) => state.hostfile?.entries.map(({ node }) => node);

/** A cluster of these, all of them ready for a long time. */
function readyCluster(nodes: readonly string[], more = ""): ClusterState {
  let state = then(empty(), { type: "spec-applied", spec: clusterSpec(nodes, more) });
  state = then(state, ...nodes.flatMap((node) => enrolled(node)));
  for (let round = 0; round < 3; round += 1)
    state = nodes.reduce((now, node) => wait(then(now, ran(now, node)), 2_000), state);
  return wait(state, 900_000);
}

/** What a look at the leases finds. */
const loss = (ended: readonly string[], fading: readonly string[] = []): readonly ClusterEvent[] => [
  { type: "nodes-fading", nodes: fading },
  ...ended.map((node) => ({ type: "lease-lost", node }) as const),
];
const back = (...nodes: readonly string[]) => nodes.map((node) => ({ type: "lease-gained", node }) as const);
const release = { type: "hostfile-released", accepted: true } as const;

const [primary, s1, s2, s10] = names;
const two = readyCluster([primary, s1]);
const three = readyCluster([primary, s1, s2]);
const four = readyCluster(names);

describe("an ordinary loss is published at once:", () => {
  it.each([
    ["1 of 2", two, [s1], [primary]],
    ["the primary of 2", two, [primary], [s1]],
    ["1 of 3", three, [s2], [primary, s1]],
    ["1 of 4", four, [s1], [primary, s2, s10]],
    ["2 of 4, which is half and not more", four, [s1, s2], [primary, s10]],
  ])("%s", (_, ready, ended, left) => {
    const state = then(ready, ...loss(ended));
    expect(lines(state)).toEqual(left);
    expect(noticesOf(state)).toEqual([]);
  });

  it("1 of 2, while two that were never listed fall silent with it", () => {
    const joining = then(two, { type: "spec-applied", spec: clusterSpec(names) }, ...enrolled(s2), ...enrolled(s10));
    expect(lines(then(joining, ...loss([s1, s2, s10])))).toEqual([primary]);
  });

  it("1 of the 2 that the hostfile is pinned to, while those outside the pin fall silent with it", () => {
    const entries = [primary, s1].map((node) => ({ node, slots: 2 }));
    const pinned = then(four, { type: "hostfile-pinned", pin: { entries, origin: { type: "edit" } } });
    expect(lines(then(pinned, ...loss([s1, s2, s10])))).toEqual([primary]);
  });

  it("one after another, each on a day of its own", () => {
    const days = [s1, s2, s10].reduce((now, node) => wait(then(now, ...loss([node])), 86_400_000), four);
    expect(lines(days)).toEqual([primary]);
  });
});

describe("K2: where more than half fall silent at once", () => {
  it.each([
    ["3 of 4", four, [s1, s2, s10]],
    ["2 of 3", three, [s1, s2]],
    ["both of 2", two, [primary, s1]],
    ["all of 4", four, names],
  ])("the hostfile stays as it is: %s", (_, ready, ended) => {
    const state = then(ready, ...loss(ended));
    expect(state.hostfile).toBe(ready.hostfile);
    for (const node of ended) expect(phaseOf(state, node).phase).toBe("unreachable");
  });

  it("the operator is told, and what to do", () => {
    const { generation = 0n } = four.hostfile ?? {};
    expect(noticesOf(then(four, ...loss([s1, s2, s10])))).toEqual([
      `3 of 4 listed nodes fell silent within 7 s (secondary1, secondary2, secondary10): the hostfile is HELD at generation ${generation} and lists them still; it moves on when they are back, or without them by \`cowctl hostfile release\``,
    ]);
  });

  it("no line goes first, though their leases end one after another", () => {
    const first = then(four, ...loss([s1], [s2, s10]));
    const second = then(later(first, 500), ...loss([s2], [s10]));
    const third = then(later(second, 1_000), ...loss([s10]));
    for (const state of [first, second, third, wait(third, 3_600_000)]) expect(state.hostfile).toBe(four.hostfile);
  });

  it("those who only seemed to follow let the line of the one go, within a heartbeat and a second", () => {
    const first = then(four, ...loss([s1], [s2, s10]));
    expect(lines(wait(first, 2_999))).toEqual(names);
    expect(lines(wait(first, 3_000))).toEqual([primary, s2, s10]);
  });

  it("those whose line went already count too", () => {
    const dying = [s1, s2, s10].reduce((now, node) => then(later(now, 3_000), ...loss([node])), four);
    expect(lines(dying)).toEqual([primary, s10]);
    expect(dying.silence.held).toBe(true);
  });

  it("nothing at all is published meanwhile", () => {
    const held = then(four, ...loss([s1, s2, s10]));
    const spec = clusterSpec(names, "maxSlots: 1");
    expect(then(held, { type: "spec-applied", spec }).hostfile).toBe(four.hostfile);
    const drained: ClusterEvent = { type: "node-drained", node: primary, reason: "r", deadlineMs: undefined };
    expect(then(held, drained).hostfile).toBe(four.hostfile);
  });

  it("it stays so over a restart of the controller", () => {
    const held = then(four, ...loss([s1, s2, s10]));
    const restarted = proved(decodeState(encodeState(held)));
    expect(restarted.hostfile).toEqual(four.hostfile);
    expect(noticesOf(restarted)).toEqual(noticesOf(held));
  });

  it("the same file, with no new generation, stands when all are back, and nobody is held off", () => {
    const held = then(four, ...loss([s1, s2, s10]));
    const healed = then(later(held, 60_000), ...back(s1, s2, s10));
    expect(healed.hostfile).toBe(four.hostfile);
    expect(noticesOf(healed)).toEqual([]);
    const again = then(later(then(later(healed, 60_000), ...loss([s1, s2, s10])), 60_000), ...back(s1, s2, s10));
    expect(again.hostfile).toBe(four.hostfile);
    expect(nodeOf(again, s1)).toMatchObject({ admitted: true, presence: { losses: [] } });
  });

  it("nor when they come back one after another", () => {
    const held = then(four, ...loss([s1, s2, s10]));
    const healed = [s2, s10, s1].reduce((now, node) => then(later(now, 6_000), ...back(node)), held);
    expect(healed.hostfile).toBe(four.hostfile);
    expect(healed.silence.held).toBe(false);
  });

  it("it moves on without the rest when enough are back and no more have come for a lease", () => {
    const one = then(later(then(four, ...loss([s1, s2, s10])), 60_000), ...back(s2));
    expect(wait(one, 6_999).hostfile).toBe(four.hostfile);
    const without = wait(one, 7_000);
    expect(lines(without)).toEqual([primary, s2]);
    expect(lines(wait(then(later(without, 5_000), ...back(s1, s10)), 1_000))).toEqual(names);
  });

  it("it does not move on for one that comes back alone where the rest is too many", () => {
    const all = readyCluster([...names, "secondary3", "secondary4"]);
    const held = then(all, ...loss([s1, s2, s10, "secondary3", "secondary4"]));
    expect(wait(then(held, ...back(s1)), 3_600_000).hostfile).toBe(all.hostfile);
  });

  it("it moves on without them when the operator accepts the loss, and is not held for them again", () => {
    const held = then(four, ...loss([s1, s2, s10]));
    const accepted = then(held, release);
    expect(lines(accepted)).toEqual([primary]);
    expect(noticesOf(accepted)).toEqual([]);
    expect(lines(wait(accepted, 60_000))).toEqual([primary]);
  });

  it("it is not emptied even then", () => {
    const nobody = then(then(four, ...loss(names)), release);
    expect(nobody.hostfile).toBe(four.hostfile);
    expect(nobody.silence.held).toBe(false);
  });

  it("those are not waited for that are back and fail at their proofs twice", () => {
    const held = then(four, ...loss([s1, s2, s10]));
    const settled = (state: ClusterState) => settle(state).state;
    const failing = (state: ClusterState) => {
      const due = dueProbes(state, state.runTime, [], defaultProbeTiming).filter(({ node }) => node !== primary);
      const failure = "it does not";
      const answers = due.map((probe) => {
        const [kind = "peers"] = probe.kinds;
        return answered(probe, { kind, failure }, state.runTime);
      });
      return settled(suddenly(state, ...answers));
    };
    const once = failing(settled(suddenly(held, ...back(s1, s2, s10))));
    expect(once.silence.held).toBe(true);
    const twice = failing(later(once, 60_000));
    expect([twice.silence.held, lines(twice)]).toEqual([false, [primary]]);
  });

  it("those that the operator removes or drains are not waited for", () => {
    const held = then(four, ...loss([s1, s2, s10]));
    expect(lines(then(held, { type: "node-removed", node: s1 }))).toEqual([primary]);
    const drained: ClusterEvent = { type: "node-drained", node: s1, reason: "r", deadlineMs: undefined };
    expect(then(held, drained).silence.held).toBe(false);
  });
});

describe("the share that may fall silent", () => {
  it("is the spec's", () => {
    const wary = readyCluster(names, "liveness: { holdAbove: 49 }");
    expect(then(wary, ...loss([s1, s2])).silence.held).toBe(true);
    const bold = readyCluster(names, "liveness: { holdAbove: 100 }");
    expect(lines(then(bold, ...loss([s1, s2, s10])))).toEqual([primary]);
  });

  it("is not one node, however wary the spec is", () => {
    const wary = readyCluster(names, "liveness: { holdAbove: 1 }");
    expect(lines(then(wary, ...loss([s1])))).toEqual([primary, s2, s10]);
  });
});

it("changes nothing to release what is not held, to hold what is, and to see nobody fade", () => {
  expect(suddenly(four, release)).toBe(four);
  const held = then(four, ...loss([s1, s2, s10]));
  expect(suddenly(held, { type: "hostfile-held" })).toBe(held);
  expect(suddenly(four, { type: "nodes-fading", nodes: [] })).toBe(four);
});
