import type { BrokerFiles } from "../init/cluster-folder.ts";
import type { ClusterSpec } from "../spec/cluster-spec.ts";
import { busPlaceOf } from "./bus-place.ts";
import type { BusPlace, OpenBus } from "./event-bus.ts";
import { type Publisher, type PublisherDeps, startPublisher } from "./publisher.ts";
import { publishingNotice } from "./publishing-notice.ts";

/** Keeps the events going where the spec says, until it is disposed of. Nobody waits for it. */
export interface Publishing extends AsyncDisposable {
  /** Publishes to where this spec says from now on, and looks whether there is something new. */
  follow(spec: ClusterSpec): void;
  /** Whether events get to where the spec says now, and did before, so that whoever listens there finds their stream. */
  isTaken(): boolean;
  /** What `status` should say; a line each. */
  notices(): readonly string[];
}

/** Opens buses, and has what the controller needs at a broker of the cluster's own. */
export type BusSupply = { readonly openBus: OpenBus; readonly ownBroker: BrokerFiles };

export type PublishingDeps = Omit<PublisherDeps, "cluster" | "bus"> & BusSupply;

/** A broker of the cluster's own that never took an event is still being installed, which is no trouble for so long. */
const setUpMs = 600_000;

/** Invariant: of two publishers, the second starts when the first has let go of its bus. */
export function createPublishing(deps: PublishingDeps): Publishing {
  const { openBus, ownBroker, now, log } = deps;
  let followed: ClusterSpec | undefined;
  let asked: string | undefined;
  let publisher: Publisher | undefined;
  let ending: Promise<void> = Promise.resolve();

  /** What is asked for again before this one's turn comes starts nothing. */
  function replace(cluster: string, place: BusPlace | undefined, ask: string): void {
    ending = ending.then(async () => {
      const former = publisher;
      publisher = undefined;
      await former?.stop();
      if (place !== undefined && ask === asked) publisher = startPublisher({ ...deps, cluster, bus: openBus(place) });
    });
  }

  return {
    follow(spec) {
      if (spec !== followed) {
        followed = spec;
        const place = busPlaceOf(spec.name, spec.events, ownBroker);
        const ask = JSON.stringify([spec.name, place]);
        if (ask !== asked) {
          asked = ask;
          replace(spec.name, place, ask);
        }
      }
      publisher?.wake();
    },

    isTaken: () => publisher?.hasPublished() === true && publisher.trouble() === undefined,

    notices() {
      const trouble = publisher?.trouble();
      if (trouble === undefined || followed === undefined) return [];
      const { broker, keep } = followed.events;
      const unborn = broker.kind === "managed" && log.published() === 0n;
      if (unborn && now() - trouble.since < setUpMs) return [];
      return [publishingNotice(trouble, keep, now())];
    },

    async [Symbol.asyncDispose]() {
      asked = undefined;
      await ending;
      await publisher?.stop();
    },
  };
}
