import type { SpecOf } from "@cowherd/proto";
import { brokerRecordPath } from "./broker-record.ts";
import { brokerConfiguration, brokerUnitPaths } from "./broker-units.ts";
import type { Resource } from "./resource.ts";

type Observed = { readonly enabled: boolean; readonly running: boolean; readonly files: readonly string[] };

type Change = { readonly action: "stop" } | { readonly action: "remove"; readonly path: string };

/**
 * A broker that nobody asks for any more: it is stopped and its units go. The events that it
 * kept and its key stay, so that it can come back as the one that it was.
 */
export const staleEventBrokerResource: Resource<SpecOf<"staleEventBroker">, Observed, Change> = {
  async read(_spec, { files, eventBroker }) {
    const { enabled, run } = await eventBroker.look();
    const left: string[] = [];
    for (const path of [brokerRecordPath, ...brokerUnitPaths]) {
      if ((await files.stat(path)) !== undefined) left.push(path);
    }
    return { enabled, running: run !== undefined, files: left };
  },

  plan(_spec, { enabled, running, files }) {
    return [
      ...(enabled || running ? [{ action: "stop" } as const] : []),
      ...files.map((path) => ({ action: "remove", path }) as const),
    ];
  },

  async apply(change, { files, eventBroker }, signal) {
    switch (change.action) {
      case "stop":
        return eventBroker.stop(signal);
      case "remove":
        return files.remove(change.path);
    }
  },

  describe: (change) => (change.action === "stop" ? "stop the event broker" : `remove ${change.path}`),

  watches: () => [brokerConfiguration, ...brokerUnitPaths],
};
