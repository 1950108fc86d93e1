/** The programs that read hostfiles, as far as what they read was measured. */
export type Mpi = "Open MPI 4.1" | "Open MPI 5" | "MPICH";

/** The form that a hostfile is in. Intel's MPI reads MPICH's. */
export type HostfileForm = "open-mpi" | "mpich";

/** One thing in a hostfile that an MPI would misread. Lines and columns count from 1. */
export type LintProblem = {
  readonly line: number;
  readonly column: number;
  /** An error ends a job or misplaces its ranks; a warning is what some MPI, or a later edit, may trip over. */
  readonly severity: "error" | "warning";
  /** The number of the case, such as "H17". Never given to another one. */
  readonly rule: string;
  readonly message: string;
  /** Who misreads it; empty where it only may go wrong later. */
  readonly misreadBy: readonly Mpi[];
};

export const openMpi = ["Open MPI 4.1", "Open MPI 5"] as const;
export const everyMpi = [...openMpi, "MPICH"] as const;
