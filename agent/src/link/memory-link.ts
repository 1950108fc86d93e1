import type { ErrorReason } from "@cowherd/proto";
import type { ControllerLink, SessionMessage } from "./controller-link.ts";
import { type FakeController, nothingHeard } from "./fake-controller.ts";
import { failureFor, LinkError } from "./link-error.ts";

/** A link whose other end is in memory. It passes the same contract as the real one. */
export function createMemoryLink(): { readonly link: ControllerLink; readonly controller: FakeController } {
  const heard = nothingHeard();
  const waiting: (SessionMessage | "end")[] = [];
  const closed = new AbortController();
  let wake = () => {};
  let countRanksOf: number | undefined;
  let failing: ErrorReason | "UNREACHABLE" | undefined;

  function answer(signal: AbortSignal): void {
    signal.throwIfAborted();
    if (closed.signal.aborted) throw new LinkError("closed", { failure: "unreachable" });
    if (failing === undefined) return;
    if (failing === "UNREACHABLE") throw new LinkError("nobody there", { failure: "unreachable" });
    throw new LinkError("refused", { failure: failureFor(failing), reason: failing });
  }

  const push = (message: SessionMessage | "end") => {
    waiting.push(message);
    wake();
  };

  return {
    controller: {
      heard,
      tell: push,
      endSession: () => push("end"),
      askForRanks: (uid) => {
        countRanksOf = uid;
      },
      fail: (reason) => {
        failing = reason;
      },
    },
    link: {
      async *session(holds, signal) {
        answer(signal);
        heard.sessions.push(holds);
        const over = AbortSignal.any([signal, closed.signal]);
        for (;;) {
          const message = waiting.shift();
          if (message === "end") return;
          if (message !== undefined) yield message;
          else {
            await new Promise<void>((resolve) => {
              wake = resolve;
              over.addEventListener("abort", () => resolve(), { once: true });
              if (over.aborted) resolve();
            });
          }
          answer(signal);
        }
      },
      async heartbeat({ activity, ranks }, signal) {
        answer(signal);
        heard.activities.push(activity);
        if (ranks !== undefined) heard.ranks.push(ranks);
        return { periodMs: 1_000, countRanksOf };
      },
      async reportFacts(facts, signal) {
        answer(signal);
        heard.facts.push(facts);
      },
      async reportRun(run, signal) {
        answer(signal);
        heard.runs.push(run);
      },
      async reportCheck(id, outcomes, signal) {
        answer(signal);
        heard.checks.push({ id, outcomes });
      },
      async reportProof(id, proofs, signal) {
        answer(signal);
        heard.proofs.push({ id, proofs });
      },
      async reportHook(id, failure, signal) {
        answer(signal);
        heard.hooks.push({ id, failure });
      },
      async renew(request, signal) {
        answer(signal);
        heard.renewals.push(request);
        return "a certificate";
      },
      close: () => closed.abort(),
    },
  };
}
