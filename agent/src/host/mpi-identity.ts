/** Whose MPI it is and in which version: "Open MPI", "4.1.4". */
export type MpiIdentity = { readonly vendor: string; readonly version: string };

/** What `mpirun --version` and MPI_Get_library_version print, by vendor. MPICH's launcher is called Hydra. */
const signs: readonly (readonly [string, RegExp])[] = [
  ["Open MPI", /\bOpen MPI\)? v?(\d+(?:\.\d+)+)/],
  ["Intel MPI", /\bIntel\(R\) MPI Library[^\n]*?(\d{4}(?:\.\d+)*)/],
  ["MVAPICH", /\bMVAPICH\d? Version\s*:?\s*(\d+(?:\.\d+)+)/],
  ["MPICH", /\bMPICH Version:\s*(\d+(?:\.\d+)+)/],
  ["MPICH", /\bHYDRA build details:\s+Version:\s*(\d+(?:\.\d+)+)/],
];

/** Reads what an MPI says of itself. Undefined for one that is not known. Pure. */
export function parseMpiIdentity(text: string): MpiIdentity | undefined {
  for (const [vendor, sign] of signs) {
    const version = sign.exec(text)?.[1];
    if (version !== undefined) return { vendor, version };
  }
  return undefined;
}

/** "Open MPI 4.1.4". */
export function mpiName({ vendor, version }: MpiIdentity): string {
  return `${vendor} ${version}`;
}
