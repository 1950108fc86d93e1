import type { Loop } from "../reconcile/loop.ts";
import { requireNode, UnknownNodeError } from "../tokens/tokens.ts";

/** The hostfile is not held, so there is nothing to release. */
export class NotHeldError extends Error {
  override readonly name = "NotHeldError";
}

/** What an operator may do to a node, or to the hostfile, that the spec says nothing of. Throws UnknownNodeError for a node that no machine joined as. */
export interface Upkeep {
  /**
   * Takes a node out of the hostfile until it is undrained, over restarts too; a second time
   * replaces the reason and the deadline. Nothing that runs there is ended. Returns whether it has its line still.
   */
  drain(node: string, reason: string, deadlineMs: number | undefined): boolean;
  /** Lets a node back in once it is fit. */
  undrain(node: string): void;
  /** Counts no loss against a node that fell silent so far. */
  release(node: string): void;
  /** Lets the hostfile move on without those that fell silent. Throws NotHeldError. */
  releaseHostfile(): void;
}

export function createUpkeep(loop: Loop): Upkeep {
  function requireJoined(node: string): void {
    const { spec, nodes } = loop.record().state;
    requireNode(spec, node);
    if (!nodes.has(node)) throw new UnknownNodeError(`no machine joined as ${node}`);
  }

  return {
    drain(node, reason, deadlineMs) {
      requireJoined(node);
      const { after } = loop.commit({ events: [{ type: "node-drained", node, reason, deadlineMs }] });
      return after.state.hostfile?.entries.some((entry) => entry.node === node) ?? false;
    },

    undrain(node) {
      requireJoined(node);
      loop.commit({ events: [{ type: "node-undrained", node }] });
    },

    release(node) {
      requireJoined(node);
      loop.commit({ events: [{ type: "node-released", node }] });
    },

    releaseHostfile() {
      if (!loop.record().state.silence.held) throw new NotHeldError("the hostfile is not held");
      loop.commit({ events: [{ type: "hostfile-released", accepted: true }] });
    },
  };
}
