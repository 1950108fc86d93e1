import type { Sessions } from "../sessions/sessions.ts";
import type { ClusterEvent, ClusterState } from "../state/cluster-state.ts";
import { type DueProbe, dueProbes } from "./due-probes.ts";
import { type Answer, evidenceOf } from "./evidence.ts";
import type { ProbeTiming } from "./probe-timing.ts";

/** Asks agents for evidence, and turns what they answer into events. It holds what is asked and unanswered, and nothing else. */
export interface Prober {
  /** Asks what is due. To be called after each change of the state, and at short intervals. */
  ask(state: ClusterState): void;
  /** Takes an answer. Undefined for one that nobody waits for, or that another node was asked for. */
  answer(node: string, id: string, answer: Answer): ClusterEvent | undefined;
  /** Gives up what was not answered in time. Only the silence of a node that lives says anything. */
  giveUp(state: ClusterState): readonly ClusterEvent[];
  /** Forgets what a node was asked, since it opened a session that knows nothing of it. */
  forget(node: string): void;
}

export type ProberDeps = {
  readonly sessions: Pick<Sessions, "probe">;
  readonly newId: () => string;
  /** Milliseconds of the wall clock. */
  readonly now: () => number;
  /** Milliseconds of a clock that only goes forwards. */
  readonly monotonic: () => number;
  /** `pauseMs`: a longer gap between two looks means that we were paused, not the agents. */
  readonly timing: { readonly probes: ProbeTiming; readonly pauseMs: number };
};

type Open = DueProbe & { readonly askedAt: number; readonly deadlineMs: number };

/** Invariants: of a node, one probe of a kind is open on one basis; no more launches are open than the primary is to bear. */
export function createProber({ sessions, newId, now, monotonic, timing }: ProberDeps): Prober {
  const open = new Map<string, Open>();
  let lookedAt = monotonic();

  return {
    ask(state) {
      for (const due of dueProbes(state, now(), [...open.values()], timing.probes)) {
        const id = newId();
        if (!sessions.probe(due.asked, id, due.probe)) continue;
        const deadlineMs = due.probe.kind === "launch" ? timing.probes.launchMs : timing.probes.answerMs;
        open.set(id, { ...due, askedAt: monotonic(), deadlineMs });
      }
    },

    answer(node, id, answer) {
      const probe = open.get(id);
      if (probe?.asked !== node) return undefined;
      open.delete(id);
      const evidence = evidenceOf(probe.kinds, answer);
      return { type: "proofs-reported", node: probe.node, basis: probe.basis, ...evidence, at: now() };
    },

    giveUp(state) {
      const at = monotonic();
      const paused = at - lookedAt > timing.pauseMs;
      lookedAt = at;
      const events: ClusterEvent[] = [];
      for (const [id, probe] of open) {
        if (paused)
          open.set(id, { ...probe, askedAt: at }); // its answer may be waiting to be read
        else if (at - probe.askedAt >= probe.deadlineMs) {
          open.delete(id);
          if (state.nodes.get(probe.asked)?.reachable === true) events.push(silence(probe, now()));
        }
      }
      return events;
    },

    forget(node) {
      for (const [id, { asked }] of open) if (asked === node) open.delete(id);
    },
  };
}

function silence({ node, asked, basis, kinds, deadlineMs }: Open, at: number): ClusterEvent {
  const failure = `the cowherd-agent on ${asked} did not answer within ${deadlineMs / 1_000} s`;
  const proofs = kinds.slice(0, 1).map((kind) => ({ kind, failure, durationMs: deadlineMs }));
  return { type: "proofs-reported", node, basis, proofs, answered: false, at };
}
