import type { DesiredState, HookRequest, Probe, ResourceSpec } from "@cowherd/proto";
import type { NodeState } from "../state/cluster-state.ts";
import { createSession, type Session, type SessionEnd, type SessionSink } from "./session.ts";

/** The live sessions with agents. */
export interface Sessions {
  /** Opens a session with the desired state; an older one of the same node ends. Returns how to tell that it closed. */
  open(node: string, certificate: string, desired: DesiredState | undefined, sink: SessionSink): () => void;
  /** Tells each connected node its newer desired state. */
  offer(desired: ReadonlyMap<string, DesiredState>): void;
  /** Asks a node for a check. False where it has no session. */
  check(node: string, id: string, resources: readonly ResourceSpec[]): boolean;
  /** Asks a node for evidence. False where it has no session. */
  probe(node: string, id: string, probe: Probe): boolean;
  /** Asks a node to run a hook. False where it has no session. */
  hook(node: string, request: HookRequest): boolean;
  isOpen(node: string): boolean;
  /** Ends the sessions whose certificate does not speak for its node any more. */
  keepOnly(before: ReadonlyMap<string, NodeState>, after: ReadonlyMap<string, NodeState>): void;
  /** Says goodbye to everyone, then ends everything. Opens nothing from then on. */
  stop(): void;
}

/** Invariants: at most one session a node; of a node's desired states only the newest waits to be sent. */
export function createSessions(): Sessions {
  const live = new Map<string, Session>();
  let stopped = false;

  function end(node: string, reason: SessionEnd): void {
    const session = live.get(node);
    live.delete(node);
    session?.end(reason);
  }

  return {
    open(node, certificate, desired, sink) {
      if (stopped) {
        sink.end("stopping");
        return () => {};
      }
      end(node, "superseded");
      const session = createSession(certificate, sink);
      live.set(node, session);
      if (desired !== undefined) session.say({ type: "desired-state", desired });
      return () => {
        if (live.get(node) === session) live.delete(node);
        session.end("superseded");
      };
    },

    offer(desired) {
      for (const [node, state] of desired) live.get(node)?.say({ type: "desired-state", desired: state });
    },

    check(node, id, resources) {
      const session = live.get(node);
      session?.say({ type: "check", id, resources });
      return session !== undefined;
    },

    probe(node, id, probe) {
      const session = live.get(node);
      session?.say({ type: "probe", id, probe });
      return session !== undefined;
    },

    hook(node, request) {
      const session = live.get(node);
      session?.say({ type: "hook", request });
      return session !== undefined;
    },

    isOpen: (node) => live.has(node),

    keepOnly(before, after) {
      for (const [node, { certificate }] of live) {
        const speaking = after.get(node)?.certificates ?? [];
        if (speaking.includes(certificate)) continue;
        const renewed = before.get(node)?.certificates.some((old) => speaking.includes(old)) ?? false;
        end(node, renewed ? "superseded" : "revoked");
      }
    },

    stop() {
      stopped = true;
      for (const [node, session] of live) {
        session.say({ type: "going-away" });
        end(node, "stopping");
      }
    },
  };
}
