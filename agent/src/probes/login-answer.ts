import { type MpiIdentity, parseMpiIdentity } from "../host/mpi-identity.ts";

/**
 * Runs at the other end of a login: who the user is there, and which mpirun a job would find.
 * Every line of ours begins with a word that no profile prints by chance.
 */
export const loginScript = `
echo "cowherd-uid $(id -u)"
echo "cowherd-gid $(id -g)"
echo "cowherd-mpirun $(command -v mpirun)"
mpirun --version </dev/null 2>&1
echo "cowherd-end"
`;

/** The same of the mpirun on this machine. */
export const launcherScript = `
echo "cowherd-mpirun $(command -v mpirun)"
mpirun --version </dev/null 2>&1
echo "cowherd-end"
`;

/** What the script told. `uid` and `gid` are undefined where it did not run. */
export type LoginAnswer = {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly launcher: LauncherAnswer;
};

export type LauncherAnswer =
  | { readonly state: "found"; readonly path: string; readonly mpi: MpiIdentity }
  /** mpirun was not there, or it said nothing that is known. */
  | { readonly state: "absent" }
  | { readonly state: "unknown"; readonly path: string }
  /** It was asked and did not end. */
  | { readonly state: "hung"; readonly path: string };

/** Reads the script's output, which may have been cut off anywhere and have others' lines in it. Pure. */
export function readLoginAnswer(output: string): LoginAnswer {
  return { uid: number(output, "uid"), gid: number(output, "gid"), launcher: readLauncherAnswer(output) };
}

/** Reads what one of the scripts told of mpirun. Pure. */
export function readLauncherAnswer(output: string): LauncherAnswer {
  const path = /^cowherd-mpirun (\S+)$/m.exec(output)?.[1];
  if (path === undefined) return { state: "absent" };
  const ended = /^cowherd-end$/m.test(output);
  const mpi = parseMpiIdentity(output.slice(output.indexOf("cowherd-mpirun")));
  if (mpi !== undefined) return { state: "found", path, mpi };
  return { state: ended ? "unknown" : "hung", path };
}

function number(output: string, name: "uid" | "gid"): number | undefined {
  const digits = new RegExp(`^cowherd-${name} (\\d{1,10})$`, "m").exec(output)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
