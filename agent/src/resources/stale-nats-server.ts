import type { SpecOf } from "@cowherd/proto";
import { natsRecordPath } from "./nats-record.ts";
import { natsConfiguration, natsUnitPaths } from "./nats-units.ts";
import type { Resource } from "./resource.ts";

type Observed = { readonly enabled: boolean; readonly running: boolean; readonly files: readonly string[] };

type Change = { readonly action: "stop" } | { readonly action: "remove"; readonly path: string };

/**
 * A broker that nobody asks for any more: it is stopped and its units go. The events that it
 * kept and its key stay, so that it can come back as the one that it was.
 */
export const staleNatsServerResource: Resource<SpecOf<"staleNatsServer">, Observed, Change> = {
  async read(_spec, { files, natsServer }) {
    const { enabled, run } = await natsServer.look();
    const left: string[] = [];
    for (const path of [natsRecordPath, ...natsUnitPaths]) {
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

  async apply(change, { files, natsServer }, signal) {
    switch (change.action) {
      case "stop":
        return natsServer.stop(signal);
      case "remove":
        return files.remove(change.path);
    }
  },

  describe: (change) => (change.action === "stop" ? "stop the event broker" : `remove ${change.path}`),

  watches: () => [natsConfiguration, ...natsUnitPaths],
};
