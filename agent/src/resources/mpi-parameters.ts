import type { SpecOf } from "@cowherd/proto";
import type { StoredFile } from "../host/files.ts";
import { foreignText, splitLines, withBlock } from "./managed-block.ts";
import { ConflictError, type Resource } from "./resource.ts";
import { guard, isPlainPath, isSubnet } from "./spec-guard.ts";

type Change = { readonly file: StoredFile };

/** There is no Open MPI whose parameters could be set. */
export class NoOpenMpiError extends Error {
  override readonly name = "NoOpenMpiError";
}

const folder = "/etc/openmpi";
const path = `${folder}/openmpi-mca-params.conf`;

/**
 * Settings that cannot stand beside ours: with an include and an exclude list of the same
 * transport mpirun ends with "Only one of these can be given", and the last are older
 * names of the same settings, of which nobody can tell which wins.
 */
const opposites = ["btl_tcp_if_exclude", "oob_tcp_if_exclude", "oob_tcp_exclude", "oob_tcp_include"];

/**
 * The cluster's network and the default hostfile in Open MPI 4's system-wide settings.
 *
 * The operator's lines are kept. Open MPI takes the last line of a name, so the block
 * stands last and wins over an earlier line of the same name; a user's own
 * ~/.openmpi/mca-params.conf and mpirun's options still win over the block. (All measured
 * on Debian's 4.1.4, which also takes a comment behind a value for a part of it.)
 */
export const mpiParametersResource: Resource<SpecOf<"mpiParameters">, StoredFile | undefined, Change> = {
  read: (_spec, host) => host.files.read(path),

  plan({ subnet, defaultHostfile }, stored) {
    guard(isSubnet(subnet), () => `${JSON.stringify(subnet)} is not a network`);
    const lines = [`btl_tcp_if_include = ${subnet}`, `oob_tcp_if_include = ${subnet}`];
    if (defaultHostfile !== undefined) {
      guard(isPlainPath(defaultHostfile), () => `${JSON.stringify(defaultHostfile)} is not a path that Open MPI reads`);
      lines.push(`orte_default_hostfile = ${defaultHostfile}`);
    }
    const before = stored?.content.toString("latin1") ?? "";
    refuseOpposites(foreignText(before, lines));
    const after = withBlock(before, lines, "last");
    if (after === before) return [];
    const { mode, uid, gid } = stored ?? { mode: 0o644, uid: 0, gid: 0 };
    return [{ file: { content: Buffer.from(after, "latin1"), mode, uid, gid } }];
  },

  async apply({ file }, host) {
    if ((await host.files.stat(folder)) === undefined)
      throw new NoOpenMpiError(`Open MPI is not installed: no ${folder}`);
    await host.files.replace(path, file);
  },

  describe: () => `write ${path}`,

  watches: () => [path],
};

function refuseOpposites(foreign: string): void {
  for (const line of splitLines(foreign)) {
    const key = /^\s*(\w+)\s*=/.exec(line)?.[1];
    if (key !== undefined && opposites.includes(key))
      throw new ConflictError(`${path} sets ${key}, which cannot stand beside the cluster's network`);
  }
}
