import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { natsRecordPath } from "./nats-record.ts";
import { natsUnitPaths } from "./nats-units.ts";
import { resourceContract } from "./resource.contract.ts";
import { staleNatsServerResource } from "./stale-nats-server.ts";

const signal = new AbortController().signal;
const spec = { id: "stale-events-broker", requires: [], kind: "staleNatsServer" } as const;
const kept = "/var/lib/cowherd/nats/jetstream/block";
const files = Object.fromEntries([natsRecordPath, kept, ...natsUnitPaths].map((path) => [path, "text"]));

describe("an event broker that nobody asks for any more", () => {
  resourceContract(staleNatsServerResource, {
    "is stopped, and keeps the events": {
      spec,
      host: () => createMemoryHost({ files, natsServer: { enabled: true, run: "run 1" } }),
      foreign: (host) => host.files.read(kept),
    },
    "has its units taken away where it was stopped already": { spec, host: () => createMemoryHost({ files }) },
  });

  it("is nothing to do where there never was one", async () => {
    const observed = await staleNatsServerResource.read(spec, createMemoryHost(), signal);
    expect(staleNatsServerResource.plan(spec, observed)).toEqual([]);
  });
});
