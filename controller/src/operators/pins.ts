import { pinOfEdit } from "../hostfile/pin-of-edit.ts";
import { pinOfGeneration } from "../hostfile/pin-of-generation.ts";
import { HostfileHeldError, NobodyFitError } from "../hostfile/pin-problem.ts";
import { pinnedEntries } from "../hostfile/pinned-entries.ts";
import type { Loop } from "../reconcile/loop.ts";
import type { ClusterState, HostfilePin, PublishedHostfile } from "../state/cluster-state.ts";
import { phaseOf } from "../state/phase.ts";

/** A node of a pin that is not listed, and why, in words. */
export type UnlistedNode = { readonly node: string; readonly reason: string };

/** The hostfile that is in force after a pin, and who of the pin is missing in it. */
export type Pinned = { readonly hostfile: PublishedHostfile | undefined; readonly unlisted: readonly UnlistedNode[] };

/** What an operator may hold the hostfile to. */
export interface Pins {
  /** Pins the hostfile to a generation that is kept. Throws UnknownGenerationError, NobodyFitError or HostfileHeldError. */
  rollBack(generation: bigint): Pinned;
  /** Pins the hostfile to a text in Open MPI's form. Throws InvalidHostfileError, NobodyFitError or HostfileHeldError. */
  adopt(text: string): Pinned;
  /** Lets the hostfile follow the nodes again. Tells whether it was pinned. */
  release(): boolean;
}

const held =
  "the hostfile is held, since many nodes fell silent at once: pin it when they are back, or after `cowctl hostfile release`";

export function createPins(loop: Loop): Pins {
  function pinTo(pin: HostfilePin): Pinned {
    const { state } = loop.record();
    if (state.silence.held) throw new HostfileHeldError(held);
    if (pinnedEntries(state, pin).length === 0) throw new NobodyFitError(nobodyFit(unlistedOf(state, pin)));
    const { after } = loop.commit({ events: [{ type: "hostfile-pinned", pin }], urgent: true });
    return { hostfile: after.state.hostfile, unlisted: unlistedOf(after.state, pin) };
  }

  return {
    rollBack: (generation) => pinTo(pinOfGeneration(loop.record().state, generation)),
    adopt: (text) => pinTo(pinOfEdit(loop.record().state, text)),
    release() {
      const { before } = loop.commit({ events: [{ type: "hostfile-unpinned" }], urgent: true });
      return before.state.pin !== undefined;
    },
  };
}

function unlistedOf(state: ClusterState, { entries }: HostfilePin): readonly UnlistedNode[] {
  return entries.flatMap(({ node }) => {
    if (state.nodes.get(node)?.admitted === true) return [];
    const { phase, reason } = phaseOf(state, node);
    return [{ node, reason: reason === "" ? phase : `${phase}, ${reason}` }];
  });
}

function nobodyFit(unlisted: readonly UnlistedNode[]): string {
  const each = unlisted.map(({ node, reason }) => `${node} is ${reason}`);
  return `no node of it is fit to be listed: ${each.join("; ")}`;
}
