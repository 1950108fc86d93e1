import { exportOptionProblem, type SpecOf } from "@cowherd/proto";
import type { Standing, StoredFile } from "../host/files.ts";
import type { NfsServerState } from "../host/nfs-server.ts";
import { fulfils, sameOptions } from "./export-options.ts";
import { readExports } from "./exports-file.ts";
import { foreignText, withBlock } from "./managed-block.ts";
import { refuseLinks } from "./refuse-links.ts";
import { ConflictError, type Resource } from "./resource.ts";
import { isSharePath } from "./share-path.ts";
import { guard, isSubnet } from "./spec-guard.ts";

type Observed = {
  readonly stored: StoredFile | undefined;
  readonly folder: Standing | undefined;
  readonly server: NfsServerState;
};

type Change =
  | { readonly action: "write"; readonly file: StoredFile }
  | { readonly action: "serve"; readonly path: string; readonly clients: string };

const exportsPath = "/etc/exports";
const tablePath = "/var/lib/nfs/etab";

/** There is no folder that could be exported. */
export class NoSuchFolderError extends Error {
  override readonly name = "NoSuchFolderError";
}

/**
 * A folder that other machines may mount over NFS (exports(5)).
 *
 * Foreign lines stay. One that exports the same folder to the same clients with the same
 * meaning, as the manual has people write by hand, does the work and gets no second line
 * beside it, of which exportfs would warn; with another meaning it is a conflict, since one
 * of the two would win. The folder's other clients are the operator's business. Clients are
 * a network and never names, whose addresses the server would keep after they changed.
 */
export const nfsExportResource: Resource<SpecOf<"nfsExport">, Observed, Change> = {
  async read({ path }, host) {
    guard(isSharePath(path), () => `${JSON.stringify(path)} is not a folder that can be exported`);
    await refuseLinks(path, host.files);
    return {
      stored: await host.files.read(exportsPath),
      folder: await host.files.stat(path),
      server: await host.nfsServer.look(),
    };
  },

  plan(spec, { stored, folder, server }) {
    const { path, clients } = spec;
    guardSpec(spec);
    if (folder !== undefined && folder.type !== "folder")
      throw new ConflictError(`${path} is to be exported and is not a folder`);
    const before = stored?.content.toString("latin1") ?? "";
    const after = exportsWith(before, spec);
    const changes: Change[] = [];
    if (after !== before) {
      const { mode, uid, gid } = stored ?? { mode: 0o644, uid: 0, gid: 0 };
      changes.push({ action: "write", file: { content: Buffer.from(after, "latin1"), mode, uid, gid } });
    }
    // A folder that is missing may be what an earlier resource makes.
    if (changes.length > 0 || folder === undefined || !serves(server, spec))
      changes.push({ action: "serve", path, clients });
    return changes;
  },

  async apply(change, host, signal) {
    switch (change.action) {
      case "write":
        return host.files.replace(exportsPath, change.file);
      case "serve":
        if ((await host.files.stat(change.path)) === undefined)
          throw new NoSuchFolderError(`${change.path} is to be exported and is not there`);
        return host.nfsServer.serve(signal);
    }
  },

  describe(change) {
    switch (change.action) {
      case "write":
        return `write ${exportsPath}`;
      case "serve":
        return `export ${change.path} to ${change.clients}`;
    }
  },

  watches: ({ path }) => [exportsPath, tablePath, path],
};

function guardSpec({ clients, options }: SpecOf<"nfsExport">): void {
  guard(
    clients === "*" || isSubnet(clients),
    () => `${JSON.stringify(clients)} is neither a network in CIDR form nor "*"`,
  );
  for (const option of options) {
    const problem = exportOptionProblem(option);
    guard(problem === undefined, () => `${JSON.stringify(option)} ${problem}`);
  }
  guard(options.length > 0, () => "an export without options would be one that nobody can write to");
}

function exportsWith(before: string, { path, clients, options }: SpecOf<"nfsExport">): string {
  const lines = [`${path} ${clients}(${options.join(",")})`];
  const twins = readExports(foreignText(before, lines)).filter(
    (entry) => entry.path === path && entry.clients === clients,
  );
  for (const twin of twins) {
    if (sameOptions(twin.options, options)) continue;
    throw new ConflictError(
      `${exportsPath} exports ${path} to ${clients} with (${twin.options.join(",")}), and the cluster wants (${options.join(",")}): remove that line, or write its options into shared.options of cluster.yaml`,
    );
  }
  return withBlock(before, twins.length > 0 ? [] : lines, "last");
}

function serves(
  { enabled, running, exports }: NfsServerState,
  { path, clients, options }: SpecOf<"nfsExport">,
): boolean {
  const live = exports.find((entry) => entry.path === path && entry.clients === clients);
  return enabled && running && live !== undefined && fulfils(live.options, options);
}
