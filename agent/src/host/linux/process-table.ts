/** What a line of /proc/PID/stat says, proc_pid_stat(5). */
export type ProcessStat = {
  readonly program: string;
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  /** In ticks since boot. */
  readonly startedAt: number;
};

/** Reads /proc/PID/stat. The name may hold anything, parentheses too. Undefined for what is no such line. Pure. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const from = text.indexOf("(");
  const to = text.lastIndexOf(")");
  const fields = text.slice(to + 2).split(" ");
  const [state = "", parent, , session] = fields;
  const startedAt = Number(fields[19]);
  if (from < 0 || to < from || !Number.isInteger(startedAt)) return undefined;
  return { program: text.slice(from + 1, to), state, parent: Number(parent), session: Number(session), startedAt };
}

/** What tells a process which rank it is: Open MPI's own, PMIx's as Open MPI 5 has it, and PMI's as Hydra and Intel MPI have it. */
const rankVariables = ["OMPI_COMM_WORLD_RANK=", "PMIX_RANK=", "PMI_RANK="];

/** Whether the environment of /proc/PID/environ is a rank's. Pure. */
export function isRankEnvironment(text: string): boolean {
  return text.split("\0").some((entry) => rankVariables.some((variable) => entry.startsWith(variable)));
}

const established = "01";

/** The far ports of a user's standing connections, from the text of /proc/net/tcp or tcp6 (proc_pid_net(5)). Pure. */
export function connectedPortsOf(table: string, uid: number): readonly number[] {
  return table.split("\n").flatMap((line) => {
    const [, , far = "", state, , , , owner] = line.trim().split(/\s+/);
    return state === established && Number(owner) === uid ? [Number.parseInt(far.split(":")[1] ?? "", 16)] : [];
  });
}
