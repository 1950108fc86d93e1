import { createDesiredState, type ProofKind, proofKinds } from "@cowherd/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileCluster } from "../compile/compile-cluster.ts";
import { ordinaryPace } from "../hostfile/pace.ts";
import { clusterSpec, empty, enrolled, given, later, machine, names, proved, ran } from "../state/cluster.fixture.ts";
import type { ClusterState } from "../state/cluster-state.ts";
import { decodeState, encodeState } from "../state/persist.ts";
import { commonLoss } from "../state/silence.ts";
import { decide } from "./decide.ts";
import { desiredStates } from "./desired-states.ts";
import { absences, effort, histories, play, stateAfter } from "./histories.fixture.ts";
import { nextDue } from "./next-due.ts";
import { settle, UnsettledError } from "./settle.ts";

describe("whatever happens, in whatever order", () => {
  it("has each node be what it would be if nothing was remembered of earlier states", () => {
    const compare = (now: ClusterState) => {
      const { epoch } = now;
      const afresh = [...compileCluster(now)].map(([node, resources]) => {
        const generation = now.nodes.get(node)?.desired?.generation ?? 0n;
        return [node, createDesiredState({ epoch, generation }, resources)];
      });
      expect([...desiredStates(now)]).toEqual(afresh);
    };
    fc.assert(
      fc.property(fc.oneof(histories, absences), (history) => void play(history, compare)),
      effort,
    );
  });

  it("there is a fixed point, and the stored state is at the same one", () => {
    fc.assert(
      fc.property(histories, (history) => {
        play(history, (now) => {
          expect(decide(now)).toEqual([]);
          expect(decide(decodeState(encodeState(now)))).toEqual([]);
        });
      }),
      effort,
    );
  });

  it("H33: the hostfile has a line for a reachable node with its address and no MPI but the primary's alone, and is never empty", () => {
    fc.assert(
      fc.property(histories, (history) => {
        play(history, (now, before) => {
          if (now.hostfile === undefined || now.hostfile === before.hostfile) return;
          expect(now.hostfile.entries.length).toBeGreaterThan(0);
          for (const { node, slots } of now.hostfile.entries) {
            expect(now.nodes.get(node)).toMatchObject({ reachable: true, admitted: true, drain: undefined });
            expect(now.nodes.get(node)?.facts.interfaces).not.toEqual([]);
            const [one, other] = ["primary", node].map((each) => now.nodes.get(each)?.facts.mpirun);
            if (one !== undefined && other !== undefined) expect(other.vendor).toBe(one.vendor);
            expect(slots).toBeGreaterThan(0);
            expect(slots).toBeLessThanOrEqual(now.spec.maxSlots);
          }
        });
      }),
      effort,
    );
  });

  it("no hostfile is published while it is held, and only for some who are silent and listed is it held", () => {
    fc.assert(
      fc.property(histories, (history) => {
        play(history, (now, before) => {
          if (!now.silence.held) return;
          if (before.silence.held) expect(now.hostfile).toBe(before.hostfile);
          const missed = commonLoss(now)?.nodes ?? [];
          expect(missed.length).toBeGreaterThan(1);
          expect(now.hostfile?.entries.some(({ node }) => missed.includes(node))).toBe(true);
        });
      }),
      effort,
    );
  });

  it("nothing is due before the time that it waits for", () => {
    const waits = fc.tuple(histories, fc.integer({ min: 1, max: 2_000_000 }));
    fc.assert(
      fc.property(waits, ([history, ms]) => {
        play(history, (now) => {
          const due = nextDue(now, ordinaryPace) ?? Number.POSITIVE_INFINITY;
          expect(due).toBeGreaterThan(now.runTime);
          const at = Math.min(now.runTime + ms, due - 1);
          expect(decide(later(now, at - now.runTime))).toEqual([]);
        });
      }),
      effort,
    );
  });

  it("a node that is admitted was proved whole since it last had no lease", () => {
    const required = proofKinds.filter((kind) => kind !== "shared-folder");
    fc.assert(
      fc.property(absences, (history) => {
        const held = new Map<string, Set<ProofKind>>();
        play(
          history,
          (now, before) => {
            for (const { name: node, admitted } of now.nodes.values()) {
              if (!admitted || before.nodes.get(node)?.admitted === true) continue;
              expect([...(held.get(node) ?? [])]).toEqual(expect.arrayContaining(required));
            }
          },
          (event) => {
            if (event.type === "lease-lost" || event.type === "node-removed") held.delete(event.node);
            if (event.type !== "proofs-reported") return;
            const kinds = held.get(event.node) ?? new Set();
            for (const { kind, failure } of event.proofs) kinds[failure === undefined ? "add" : "delete"](kind);
            held.set(event.node, kinds);
          },
        );
      }),
      effort,
    );
  });

  it("the hostfile's generation grows with its content, and only so", () => {
    fc.assert(
      fc.property(histories, (history) => {
        play(history, (now, before) => {
          const [newer, older] = [now.hostfile?.generation ?? 0n, before.hostfile?.generation ?? 0n];
          expect(newer).toBeGreaterThanOrEqual(older);
          if (newer === older) expect(now.hostfile).toEqual(before.hostfile);
        });
      }),
      effort,
    );
  });

  it("no two desired states share a generation, and every new one has the greatest yet, removed nodes' included", () => {
    fc.assert(
      fc.property(histories, (history) => {
        let state = empty();
        let newest = 0n;
        for (const happenings of history) {
          const happened = stateAfter(state, happenings);
          for (const action of decide(happened)) {
            if (action.type !== "set-desired-state") continue;
            const before = happened.nodes.get(action.node)?.desired;
            expect(action.desired.generation).toBeGreaterThan(newest);
            expect(action.desired.revision).not.toBe(before?.revision);
          }
          state = settle(happened).state;
          newest = state.generation;
          const current = [...state.nodes.values()].flatMap(({ desired }) => (desired ? [desired.generation] : []));
          expect(new Set(current).size).toBe(current.length);
          expect(current.filter((generation) => generation > newest)).toEqual([]);
        }
      }),
      effort,
    );
  });

  it("what is new is told, and is what a session would open with", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const state = play(history, () => undefined);
        const { state: settled, desired } = settle(given(state, ...enrolled("primary"), ...enrolled("secondary1")));
        const all = desiredStates(settled);
        for (const [node, told] of desired) expect(told).toEqual(all.get(node));
        for (const node of settled.nodes.values())
          expect(all.get(node.name)).toMatchObject({ generation: node.desired?.generation });
      }),
      effort,
    );
  });

  it("H31: nodes that stay in the hostfile never change places, and a newcomer goes behind them all", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const removed = new Set<string>(); // and joined anew: a newcomer
        play(history, (now, before) => {
          for (const name of names) if (!now.nodes.has(name)) removed.add(name);
          const [older = [], newer = []] = [before, now].map(({ hostfile }) =>
            hostfile?.entries.map(({ node }) => node),
          );
          const stayed = older.filter((node) => newer.includes(node) && !removed.has(node));
          expect(newer.filter((node) => stayed.includes(node))).toEqual(stayed);
          const places = newer.filter((node) => node !== "primary").map((node) => now.nodes.get(node)?.place ?? 0);
          expect(places).toEqual(places.toSorted((a, b) => a - b));
          for (const node of newer) if (before.nodes.get(node)?.place !== undefined) removed.delete(node);
        });
      }),
      effort,
    );
  });

  it("the same machines come to the same hostfile in the end, where the names order it", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const troubled = play(history, () => undefined);
        const later = 2_000_000; // than any failure's pause
        const healed = given(
          troubled,
          { type: "spec-applied", spec: clusterSpec(names, "hostfile: { order: natural }") },
          ...names.flatMap((node) => [
            { type: "node-undrained", node } as const,
            ...enrolled(node),
            { type: "facts-reported", node, facts: machine(node) } as const,
          ]),
        );
        const calm = names.reduce(
          (state) => names.reduce((now, node) => proved(given(now, ran(now, node)), later), state),
          proved(healed, later),
        );
        expect(calm.silence.held).toBe(false);
        expect(calm.hostfile?.entries).toEqual(names.map((node) => ({ node, slots: 2 })));
      }),
      effort,
    );
  });
});

it("names what is still to do where there is no end", () => {
  expect(new UnsettledError([{ type: "admit", node: "a" }]).message).toBe("no fixed point: still to do: admit");
});
