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
 * Lets ranks share a core where a node has more slots than cores, as with two threads a core;
 * PRRTE otherwise ends the job ("would require binding processes to more cpus than are
 * available"). Ranks that find a core each are bound as before, and no job gets more ranks
 * than slots.
 *
 * Of the other ways, measured on 3.0.8: "none" and ":overload-allowed" leave all ranks unbound
 * and refuse "--map-by slot:PE=2", by which hybrid programs start; the mapping policy
 * ":OVERSUBSCRIBE" also lets a job have more ranks than there are slots, and ":HWTCPUS" still
 * refuses where the operator's number is above the threads.
 */
const overload = {
  line: "hwloc_default_binding_policy = core:overload-allowed",
  names: [
    "hwloc_default_binding_policy",
    "prte_hwloc_default_binding_policy",
    "rmaps_default_mapping_policy",
    "prte_rmaps_default_mapping_policy",
  ],
};

/**
 * The cluster's network for PRRTE's daemons and for PMIx, through which ranks talk to them,
 * and the default hostfile.
 *
 * PMIx has a file of its own, below /usr/lib, that an upgrade would put back; it takes its
 * settings from PRRTE's too. The last line of a name wins. (All measured on Debian's 5.0.7
 * with PRRTE 3.0.8: neither program looks for them in openmpi-mca-params.conf.)
 */
export function prrteParameters(
  network: string,
  { defaultHostfile, overloads }: { readonly defaultHostfile: string | undefined; readonly overloads: boolean },
): ParameterFile {
  const lines = [`prte_if_include = ${network}`, `ptl_base_if_include = ${network}`];
  if (defaultHostfile !== undefined) lines.push(`prte_default_hostfile = ${defaultHostfile}`);
  return { path: prrtePath, lines, place: "last", conflicts, suggestions: overloads ? [overload] : [] };
}
