import type { SpecOf } from "@cowherd/proto";
import type { Resource } from "./resource.ts";

type Change = { readonly packages: readonly string[] };

/** Debian packages, in any version. None is ever removed; those that are there are upgraded only where a new one depends on it. */
export const packageSetResource: Resource<SpecOf<"packageSet">, ReadonlySet<string>, Change> = {
  read: ({ packages }, host, signal) => host.packages.installed(packages, signal),

  plan({ packages }, installed) {
    const missing = [...new Set(packages)].filter((name) => !installed.has(name));
    return missing.length === 0 ? [] : [{ packages: missing }];
  },

  apply: ({ packages }, host, signal, progress) => host.packages.install(packages, signal, progress),

  describe: ({ packages }) => `install ${packages.join(" ")}`,

  watches: () => ["/var/lib/dpkg/status"],
};
