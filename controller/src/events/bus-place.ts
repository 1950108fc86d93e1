import type { BrokerFiles } from "../init/cluster-folder.ts";
import type { EventsSpec } from "../spec/cluster-spec.ts";
import type { BusPlace } from "./event-bus.ts";

/** Tells where a cluster's events go; undefined where they go nowhere. A broker of the cluster's own is on this machine. */
export function busPlaceOf(cluster: string, { broker, keep }: EventsSpec, own: BrokerFiles): BusPlace | undefined {
  const { days, megabytes } = keep;
  const stream = { name: `cowherd-${cluster}`, subjects: `cowherd.${cluster}.>`, days, megabytes };
  switch (broker.kind) {
    case "off":
      return undefined;
    case "managed":
      return { servers: [`tls://127.0.0.1:${broker.port}`], ...own, stream: { ...stream, replicas: 1 } };
    case "given": {
      const { servers, credentials, ca, replicas } = broker;
      return { servers, credentials, ca, stream: { ...stream, replicas } };
    }
  }
}
