import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { brokerRecordPath } from "./broker-record.ts";
import { brokerUnitPaths } from "./broker-units.ts";
import { resourceContract } from "./resource.contract.ts";
import { staleEventBrokerResource } from "./stale-event-broker.ts";

const signal = new AbortController().signal;
const spec = { id: "stale-events-broker", requires: [], kind: "staleEventBroker" } as const;
const kept = "/var/lib/cowherd/nats/jetstream/block";
const files = Object.fromEntries([brokerRecordPath, kept, ...brokerUnitPaths].map((path) => [path, "text"]));

describe("an event broker that nobody asks for any more", () => {
  resourceContract(staleEventBrokerResource, {
    "is stopped, and keeps the events": {
      spec,
      host: () => createMemoryHost({ files, eventBroker: { enabled: true, run: "run 1" } }),
      foreign: (host) => host.files.read(kept),
    },
    "has its units taken away where it was stopped already": { spec, host: () => createMemoryHost({ files }) },
  });

  it("is nothing to do where there never was one", async () => {
    const observed = await staleEventBrokerResource.read(spec, createMemoryHost(), signal);
    expect(staleEventBrokerResource.plan(spec, observed)).toEqual([]);
  });
});
