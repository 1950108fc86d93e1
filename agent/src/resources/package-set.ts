import { posix } from "node:path";
import type { SpecOf } from "@cowherd/proto";
import type { Host } from "../host/host.ts";
import type { Resource } from "./resource.ts";
import { guard } from "./spec-guard.ts";

type Change = {
  readonly missing: readonly string[];
  readonly wanted: readonly string[];
  readonly quiet: readonly string[];
};

/**
 * Debian packages, in any version. None is ever removed; those that are there are upgraded only where a new one depends on it.
 *
 * Services that they would start of themselves are kept from it by a file that says how to let
 * them. Where the packages are there already somebody may use those services: they are left alone.
 */
export const packageSetResource: Resource<SpecOf<"packageSet">, ReadonlySet<string>, Change> = {
  read: ({ packages }, host, signal) => host.packages.installed(packages, signal),

  plan({ packages, quietUnits }, installed) {
    for (const unit of quietUnits)
      guard(/^[a-z][a-z0-9-]*\.service$/.test(unit), () => `${JSON.stringify(unit)} is not a service`);
    const missing = [...new Set(packages)].filter((name) => !installed.has(name));
    return missing.length === 0 ? [] : [{ missing, wanted: [...new Set(packages)], quiet: quietUnits }];
  },

  // All of them: an installation that is cut in then finds its own job again, whatever it has come to.
  async apply({ wanted, quiet }, host, signal, progress) {
    for (const unit of quiet) await keepQuiet(unit, host);
    return host.packages.install(wanted, signal, progress);
  },

  describe: ({ missing }) => `install ${missing.join(" ")}`,

  watches: () => ["/var/lib/dpkg/status"],
};

/** A condition that the file's own being there fails: systemd reads it when the package is unpacked, and nothing else needs to be undone. */
async function keepQuiet(unit: string, { files }: Host): Promise<void> {
  const path = `/etc/systemd/system/${unit}.d/cowherd.conf`;
  const lines = [
    "# Cowherd brought this service's package and does not use the service, which therefore does not start.",
    `# To let it: remove this file, then "systemctl daemon-reload" and "systemctl start ${unit}".`,
    "[Unit]",
    `ConditionPathExists=!${path}`,
  ];
  for (const folder of ["/etc/systemd", "/etc/systemd/system", posix.dirname(path)]) {
    if ((await files.stat(folder)) === undefined) await files.makeFolder(folder, { mode: 0o755, uid: 0, gid: 0 });
  }
  await files.replace(path, { content: Buffer.from(`${lines.join("\n")}\n`), mode: 0o644, uid: 0, gid: 0 });
}
