import type { SpecOf } from "@cowherd/proto";
import type { Resource } from "./resource.ts";

type Change = { readonly missing: readonly string[]; readonly wanted: readonly string[] };

/** Debian packages, in any version. None is ever removed; those that are there are upgraded only where a new one depends on it. */
export const packageSetResource: Resource<SpecOf<"packageSet">, ReadonlySet<string>, Change> = {
  read: ({ packages }, host, signal) => host.packages.installed(packages, signal),

  plan({ packages }, installed) {
    const missing = [...new Set(packages)].filter((name) => !installed.has(name));
    return missing.length === 0 ? [] : [{ missing, wanted: [...new Set(packages)] }];
  },

  // All of them: an installation that is cut in then finds its own job again, whatever it has come to.
  apply: ({ wanted }, host, signal, progress) => host.packages.install(wanted, signal, progress),

  describe: ({ missing }) => `install ${missing.join(" ")}`,

  watches: () => ["/var/lib/dpkg/status"],
};
