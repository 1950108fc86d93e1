import type { ClusterSpec } from "../spec/cluster-spec.ts";
import { busPlaceOf, type OwnBrokerFiles } from "./bus-place.ts";
import type { OpenBus } from "./event-bus.ts";
import type { EventLog } from "./event-log.ts";
import { type Publisher, type PublisherDeps, startPublisher } from "./publisher.ts";
import { publishingNotice } from "./publishing-notice.ts";

/** Keeps the events going where the spec says. Nobody waits for it. */
export interface Publishing {
  /** Publishes to where this spec says from now on, and looks whether there is something new. */
  follow(spec: ClusterSpec): void;
  /** What `status` should say; a line each. */
  notices(): readonly string[];
  /** Ends what is going on. */
  stop(): Promise<void>;
}

export type PublishingDeps = Omit<PublisherDeps, "cluster" | "bus"> & {
  readonly log: EventLog;
  readonly openBus: OpenBus;
  readonly ownBroker: OwnBrokerFiles;
};

/** Invariant: of two publishers, the second starts when the first has let go of its bus. */
export function createPublishing(deps: PublishingDeps): Publishing {
  const { log, openBus, ownBroker, now } = deps;
  let place: string | undefined;
  let keep: ClusterSpec["events"]["keep"] | undefined;
  let publisher: Publisher | undefined;
  let ending: Promise<void> = Promise.resolve();
  let stopped = false;

  function replace(cluster: string, events: ClusterSpec["events"]): void {
    const former = publisher;
    publisher = undefined;
    const wanted = busPlaceOf(cluster, events, ownBroker);
    const asked = place;
    ending = ending.then(async () => {
      await former?.stop();
      if (wanted === undefined || stopped || asked !== place) return; // what was asked for since comes next
      publisher = startPublisher({ ...deps, cluster, bus: openBus(wanted) });
    });
  }

  return {
    follow({ name, events }) {
      const next = JSON.stringify([name, busPlaceOf(name, events, ownBroker)]);
      keep = events.keep;
      if (next === place) return publisher?.wake();
      place = next;
      replace(name, events);
    },

    notices() {
      const trouble = publisher?.trouble();
      if (trouble === undefined || keep === undefined) return [];
      return [publishingNotice(trouble, log.last() - log.published(), keep, now())];
    },

    async stop() {
      stopped = true;
      await ending;
      await publisher?.stop();
    },
  };
}
