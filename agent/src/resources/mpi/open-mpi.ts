import type { ParameterFile } from "./parameter-file.ts";

/** Open MPI's system-wide settings, of every version, and the folder that says that it is installed. */
export const openMpiFolder = "/etc/openmpi";
export const openMpiPath = `${openMpiFolder}/openmpi-mca-params.conf`;

/**
 * Settings that cannot stand beside ours: with an include and an exclude list of the same
 * transport mpirun ends with "Only one of these can be given" (4) or an internal error (5),
 * and the last two are older names of the same settings, of which nobody can tell which wins.
 */
const conflicts = ["btl_tcp_if_exclude", "oob_tcp_if_exclude", "oob_tcp_exclude", "oob_tcp_include"];

/**
 * The cluster's network for Open MPI's messages, and in version 4 for its launcher too, with
 * its default hostfile.
 *
 * Open MPI takes the last line of a name, so the block stands last and wins over an earlier
 * line of the same name; a user's own ~/.openmpi/mca-params.conf and mpirun's options still
 * win over the block. (Measured on Debian's 4.1.4, which also takes a comment behind a value
 * for a part of it, and on 5.0.7, which passes over the launcher's settings here.)
 *
 * Slots above a node's cores need nothing here: version 4 leaves ranks unbound by itself
 * where they are more than the cores.
 */
export function openMpiParameters(
  network: string,
  launcher: { readonly defaultHostfile: string | undefined } | undefined,
): ParameterFile {
  const lines = [`btl_tcp_if_include = ${network}`];
  if (launcher !== undefined) lines.push(`oob_tcp_if_include = ${network}`);
  if (launcher?.defaultHostfile !== undefined) lines.push(`orte_default_hostfile = ${launcher.defaultHostfile}`);
  return { path: openMpiPath, lines, place: "last", conflicts };
}
