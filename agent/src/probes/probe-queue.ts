import type { Probe, Proof } from "@cowherd/proto";
import type { Log } from "../log.ts";

/** How many probes of a kind may go on at once. Launches start programs on the primary, where jobs run too. */
const widths: Readonly<Record<Probe["kind"], number>> = { launch: 2, peers: 1, remnants: 1 };

const maxWaiting = 256;

/**
 * Answers probes beside the runs and beside each other, in the order in which they were asked.
 *
 * Invariants: of each kind no more go on at once than `widths` says, and each that was taken
 * on is answered once, was aborted, or was asked again before it began: then under the newer
 * id alone, since who asks again no longer waits for the older one.
 */
export type ProbeQueue = {
  /** Takes a probe on. Never rejects; too many at once are left unanswered. */
  ask(id: string, probe: Probe, signal: AbortSignal): void;
};

/** Makes an empty queue. */
export function createProbeQueue(deps: {
  prove(probe: Probe, signal: AbortSignal): Promise<readonly Proof[]>;
  answer(id: string, proofs: readonly Proof[], signal: AbortSignal): Promise<void>;
  readonly log: Log;
}): ProbeQueue {
  const { prove, answer, log } = deps;
  const waiting: { readonly kind: Probe["kind"]; readonly question: string; serve(): Promise<void> }[] = [];
  const going: Record<Probe["kind"], number> = { launch: 0, peers: 0, remnants: 0 };

  function startNext(kind: Probe["kind"]): void {
    while (going[kind] < widths[kind]) {
      const at = waiting.findIndex((one) => one.kind === kind);
      const [next] = at < 0 ? [] : waiting.splice(at, 1);
      if (next === undefined) return;
      going[kind] += 1;
      void next.serve().finally(() => {
        going[kind] -= 1;
        startNext(kind);
      });
    }
  }

  async function serve(id: string, probe: Probe, signal: AbortSignal): Promise<void> {
    try {
      signal.throwIfAborted();
      await answer(id, await prove(probe, signal), signal);
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error, probe: id }, "probe not answered"); // the controller asks again
    }
  }

  return {
    ask(id, probe, signal) {
      const question = JSON.stringify(probe);
      const again = waiting.findIndex((one) => one.question === question);
      if (again >= 0) waiting.splice(again, 1);
      if (waiting.length >= maxWaiting) return log.warn({ probe: id }, "too many probes at once");
      waiting.push({ kind: probe.kind, question, serve: () => serve(id, probe, signal) });
      startNext(probe.kind);
    },
  };
}
