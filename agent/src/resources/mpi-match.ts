/** What a comparison of mpi4py with mpirun found, as it is kept. */
export type MpiMatch = {
  /** Of the two at that time: where they are others now, it says nothing any more. */
  readonly stamps: string;
  /** Why they do not go together; empty where they do. */
  readonly problem: string;
};

/** Renders a finding as JSON. */
export function renderMpiMatch({ stamps, problem }: MpiMatch): string {
  return `${JSON.stringify({ stamps, problem }, undefined, 2)}\n`;
}

/** Parses a kept finding. Undefined for what is none: it lies in a user's home. Pure. */
export function parseMpiMatch(text: string): MpiMatch | undefined {
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== "object" || kept === null) return undefined;
    if (!("stamps" in kept) || typeof kept.stamps !== "string") return undefined;
    if (!("problem" in kept) || typeof kept.problem !== "string") return undefined;
    return { stamps: kept.stamps, problem: kept.problem };
  } catch {
    return undefined;
  }
}
