import { describe, expect, it } from "vitest";
import { clusterSpec, empty, enrolled, later, names, nodeOf, proved, ran, suddenly } from "./cluster.fixture.ts";
import type { ClusterEvent, ClusterState } from "./cluster-state.ts";
import { decodeState, encodeState } from "./persist.ts";
import { phaseOf } from "./phase.ts";
import { coolDownMs } from "./presence.ts";

const then = (state: ClusterState, ...events: readonly ClusterEvent[]) => proved(suddenly(state, ...events));
const lost = { type: "lease-lost", node: "primary" } as const;
const gained = { type: "lease-gained", node: "primary" } as const;
const flap = (state: ClusterState) => then(then(later(state, 1_000), lost), gained);
const flaps = (state: ClusterState, count: number) =>
  Array.from({ length: count }).reduce<ClusterState>((now) => flap(now), state);
const readyOf = (joined: ClusterState) => then(joined, ran(joined, "primary"));
const ready = readyOf(readyOf(then(empty(), ...enrolled("primary"))));
const phase = (state: ClusterState) => phaseOf(state, "primary").phase;

it("is patient once, then doubles the pause up to the longest", () => {
  const pauses = [0, 1, 2, 3, 4, 5, 6, 7, 40].map((losses) => coolDownMs(losses, 300_000) / 1000);
  expect(pauses).toEqual([0, 0, 10, 20, 40, 80, 160, 300, 300]);
});

describe("K1: a node that comes and goes", () => {
  it("is let in at once after the first time", () => {
    expect(phase(flaps(ready, 1))).toBe("ready");
  });

  it("is held off for longer each time, and says for how long and what ends it", () => {
    expect(phaseOf(flaps(ready, 2), "primary")).toEqual({
      phase: "quarantined",
      reason:
        "cooling down for 10 s more: it fell silent 2 times within 10 min; `cowctl node release primary` ends this",
    });
    expect(phaseOf(later(flaps(ready, 4), 7_500), "primary").reason).toMatch(/^cooling down for 33 s more: .* 4 times/);
  });

  it("is let in when its time is over, and not before", () => {
    const held = flaps(ready, 3);
    expect(nodeOf(proved(later(held, 19_999)), "primary").admitted).toBe(false);
    expect(nodeOf(proved(later(held, 20_000)), "primary").admitted).toBe(true);
  });

  it("is unreachable while it is away, whatever it is held off for", () => {
    expect(phase(then(flaps(ready, 3), lost))).toBe("unreachable");
  });

  it("has one time after another forgotten while it behaves", () => {
    const calm = proved(later(flaps(ready, 3), 597_500)); // the first of the three is ten minutes ago
    expect(phaseOf(flap(calm), "primary").reason).toContain("fell silent 3 times");
    expect(phase(flap(proved(later(calm, 600_000))))).toBe("ready");
  });

  it("keeps what is left of its pause over a restart of the controller", () => {
    const held = later(flaps(ready, 3), 5_000);
    const restarted = decodeState(encodeState(held));
    expect(phaseOf(restarted, "primary")).toEqual(phaseOf(held, "primary"));
    expect(nodeOf(proved(later(restarted, 15_000)), "primary").admitted).toBe(true);
  });

  it("is let in at once when the operator says so, with nothing counted against it", () => {
    const released = then(flaps(ready, 5), { type: "node-released", node: "primary" });
    expect(phase(released)).toBe("ready");
    expect(phase(flap(released))).toBe("ready");
    expect(then(released, { type: "node-released", node: "primary" })).toBe(released);
  });

  it("is never held off where the spec wants no pause, and no longer than it wants", () => {
    const withPause = (seconds: number) =>
      then(ready, { type: "spec-applied", spec: clusterSpec(names, `liveness: { coolDown: ${seconds} }`) });
    expect(phase(flaps(withPause(0), 9))).toBe("ready");
    expect(phaseOf(flaps(withPause(15), 9), "primary").reason).toContain("for 15 s more");
  });

  it("remembers no more than matters", () => {
    expect(nodeOf(flaps(ready, 50), "primary").presence.losses.length).toBeLessThan(20);
  });

  it("is another machine when another joins in its place", () => {
    const other = then(flaps(ready, 5), { ...enrolledAs("new") }, gained);
    expect(nodeOf(other, "primary").presence).toMatchObject({ losses: [], coolUntil: 0 });
  });
});

function enrolledAs(certificate: string): ClusterEvent {
  const [event] = enrolled("primary");
  return event?.type === "node-enrolled" ? { ...event, certificate } : lost;
}
