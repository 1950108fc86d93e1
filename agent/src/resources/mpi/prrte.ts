import type { ParameterFile } from "./parameter-file.ts";

/** The settings of PRRTE, the launcher of Open MPI 5, where Debian has them. */
export const prrtePath = "/etc/openmpi/prte-mca-params.conf";

/** The launcher itself: of Open MPI 5 and not of 4. */
export const prrtePrograms = ["/usr/bin/prterun", "/usr/bin/prte"];

/** Exclude lists end every mpirun beside an include list, and the older names win over the newer or are told off as deprecated. */
const conflicts = [
  "prte_if_exclude",
  "oob_tcp_if_exclude",
  "oob_tcp_if_include",
  "ptl_base_if_exclude",
  "ptl_tcp_if_exclude",
  "ptl_tcp_if_include",
];

/**
 * The cluster's network for PRRTE's daemons and for PMIx, through which ranks talk to them,
 * and the default hostfile.
 *
 * PMIx has a file of its own, below /usr/lib, that an upgrade would put back; it takes its
 * settings from PRRTE's too. The last line of a name wins. (All measured on Debian's 5.0.7
 * with PRRTE 3.0.8: neither program looks for them in openmpi-mca-params.conf.)
 */
export function prrteParameters(network: string, defaultHostfile: string | undefined): ParameterFile {
  const lines = [`prte_if_include = ${network}`, `ptl_base_if_include = ${network}`];
  if (defaultHostfile !== undefined) lines.push(`prte_default_hostfile = ${defaultHostfile}`);
  return { path: prrtePath, lines, place: "last", conflicts };
}
