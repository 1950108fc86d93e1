import type { MpiIdentity } from "../host/mpi-identity.ts";
import type { BoundedEnd } from "../host/run-as.ts";

/** A run of the two ranks: the text of its hostfile, and the command once that has a path. */
export type MessageRun = { readonly hostfile: string; command(hostfile: string): readonly string[] };

/**
 * Says how the plain mpirun of an MPI starts one rank on the primary and one on the node, or
 * both on the primary. Undefined for an MPI that is not known. Pure.
 *
 * By a hostfile, since Open MPI picks what --host names out of its default hostfile, in which
 * the node is not yet. Nothing is said of the network: what is to be proved is what the
 * machine's own settings make of it. Two ranks on a primary of one core are more than Open MPI 5 binds.
 */
export function messageRun(
  { vendor }: MpiIdentity,
  { primary, node }: { readonly primary: string; readonly node: string },
  program: readonly string[],
): MessageRun | undefined {
  const places = primary === node ? [{ name: primary, slots: 2 }] : [primary, node].map((name) => ({ name, slots: 1 }));
  switch (vendor) {
    case "Open MPI":
      return {
        hostfile: places.map(({ name, slots }) => `${name} slots=${slots}\n`).join(""),
        command: (hostfile) => ["mpirun", "--hostfile", hostfile, "--bind-to", "none", "-n", "2", ...program],
      };
    case "MPICH":
    case "Intel MPI":
    case "MVAPICH":
      return {
        hostfile: places.map(({ name, slots }) => `${name}:${slots}\n`).join(""),
        command: (hostfile) => ["mpirun", "-f", hostfile, "-n", "2", ...program],
      };
    default: // not a union of ours: vendors are many
      return undefined;
  }
}

/** Says why the two ranks did not hear each other; undefined where they did. Pure. */
export function messageFailure(
  end: BoundedEnd,
  { primary, node }: { readonly primary: string; readonly node: string },
  boundMs: number,
): string | undefined {
  const output = `${end.stdout}\n${end.stderr}`;
  const heard = new Map(
    [...output.matchAll(/^heard: rank ([01]) of 2 on (\S+)$/gm)].map(([, rank, host]) => [rank, host]),
  );
  const started = [...output.matchAll(/^started: on (\S+)$/gm)].length;
  const pair = primary === node ? `two ranks on ${node}` : `the ranks on ${primary} and ${node}`;
  const within = `within ${Math.round(boundMs / 1_000)} s`;
  if (end.late) {
    if (heard.size === 2) return `${pair} heard each other, and mpirun did not end ${within}`;
    if (started === 2)
      return `${pair} began and did not hear each other ${within}: is there a firewall, or another network than MPI is told of?`;
    return `mpirun did not start ${pair} ${within}: can ${node} connect to a free port of ${primary}?`;
  }
  if (end.exitCode !== 0) return `${pair} failed: ${launcherWords(output) || `exit code ${end.exitCode}`}`;
  if (heard.size !== 2) return `${pair} ended and did not say that they heard each other`;
  const hosts = new Set(heard.values());
  if (primary !== node && hosts.size !== 2) return `${pair} both ran on ${[...hosts].join()}`;
  return undefined;
}

/** What the program says of itself, else the first sentences of the launcher's, without its frames. Pure. */
export function launcherWords(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const own = lines.find((line) => line.startsWith("two-ranks: "));
  if (own !== undefined) return own.slice("two-ranks: ".length);
  const words = lines.filter((line) => line !== "" && !/^(-+|=+|started: on .*|heard: .*)$/.test(line));
  return words.slice(0, mostLines).join(" ");
}

const mostLines = 4;
