import type { Outcome, ResourceSpec } from "@cowherd/proto";
import type { Sessions } from "./sessions.ts";

/** What a node answered, or why it did not. */
export type CheckEnd =
  | { readonly type: "answered"; readonly outcomes: readonly Outcome[] }
  | { readonly type: "unconnected" }
  | { readonly type: "unanswered" };

/** Asks nodes what would change, and waits for what they report. */
export interface Checks {
  /** Resolves with the node's answer; "unanswered" once `signal` aborts. */
  ask(node: string, resources: readonly ResourceSpec[], signal: AbortSignal): Promise<CheckEnd>;
  /** Takes a node's answer. One that nobody waits for, or that another node was asked for, is dropped. */
  answer(node: string, id: string, outcomes: readonly Outcome[]): void;
}

export function createChecks(sessions: Pick<Sessions, "check">, newId: () => string): Checks {
  const open = new Map<string, { readonly node: string; readonly end: (end: CheckEnd) => void }>();
  return {
    async ask(node, resources, signal) {
      const id = newId();
      const { promise, resolve } = Promise.withResolvers<CheckEnd>();
      const giveUp = () => resolve({ type: "unanswered" });
      open.set(id, { node, end: resolve });
      signal.addEventListener("abort", giveUp, { once: true });
      if (signal.aborted) giveUp();
      else if (!sessions.check(node, id, resources)) resolve({ type: "unconnected" });
      try {
        return await promise;
      } finally {
        open.delete(id);
        signal.removeEventListener("abort", giveUp);
      }
    },

    answer(node, id, outcomes) {
      const asked = open.get(id);
      if (asked?.node === node) asked.end({ type: "answered", outcomes });
    },
  };
}
