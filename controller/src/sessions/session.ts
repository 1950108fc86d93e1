import type { DesiredState, HookRequest, Probe, ResourceSpec } from "@cowherd/proto";
import { createBell } from "./bell.ts";

/** What a session says to an agent. */
export type SessionMessage =
  | { readonly type: "desired-state"; readonly desired: DesiredState }
  | { readonly type: "check"; readonly id: string; readonly resources: readonly ResourceSpec[] }
  | { readonly type: "probe"; readonly id: string; readonly probe: Probe }
  | { readonly type: "hook"; readonly request: HookRequest }
  | { readonly type: "going-away" };

/** Why a session ends: another took its place, the node's certificate is worthless, or the controller stops. */
export type SessionEnd = "superseded" | "revoked" | "stopping";

/** The far end of a session. */
export type SessionSink = {
  /** Resolves once the message has left; never rejects. A slow reader makes it slow. */
  send(message: SessionMessage): Promise<void>;
  end(end: SessionEnd): void;
};

/** One session as its owner sees it. Neither call waits for the agent. */
export type Session = {
  readonly certificate: string;
  say(message: SessionMessage): void;
  /** At once, except that a controller that stops sends first what was said. Only the first end counts. */
  end(end: SessionEnd): void;
};

const mostWaiting = 16; // checks, probes and hooks are few and each has a deadline: the oldest is lost first

/** Invariants: one message is under way at a time; of waiting desired states the newest alone is kept. */
export function createSession(certificate: string, sink: SessionSink): Session {
  const bell = createBell();
  let waiting: readonly SessionMessage[] = [];
  let ended: SessionEnd | undefined;

  async function pump(): Promise<void> {
    while (true) {
      const [message, ...rest] = waiting;
      if (message !== undefined) {
        waiting = rest;
        await sink.send(message);
      } else if (ended !== undefined) {
        sink.end(ended);
        return;
      } else {
        await bell.rung();
      }
    }
  }
  void pump(); // a sink never rejects

  return {
    certificate,
    say(message) {
      if (ended !== undefined) return;
      const kept = message.type === "desired-state" ? waiting.filter(({ type }) => type !== message.type) : waiting;
      waiting = [...kept, message].slice(-mostWaiting);
      bell.ring();
    },
    end(end) {
      if (ended !== undefined) return;
      ended = end;
      bell.ring();
      if (end === "stopping") return;
      waiting = [];
      sink.end(end); // even while a message is stuck on its way to a reader that does not read
    },
  };
}
