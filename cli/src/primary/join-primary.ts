import type { PrimaryMachine } from "../io.ts";
import type { ClusterStatus, NodeStatus, OperatorLink } from "../link/operator-link.ts";
import { NoPrimaryError, ProgramFailedError } from "./primary-error.ts";
import { runProgram } from "./run-program.ts";

/** Picks the node that this machine is. */
export function primaryOf(status: ClusterStatus): NodeStatus {
  const primary = status.nodes.find((node) => node.primary);
  if (primary === undefined) throw new NoPrimaryError("no node is the primary");
  return primary;
}

/** Tells whether the node's machine joined whole: an agent that neither speaks nor ever converged was cut off in between. */
export function hasJoined({ observedRevision, leaseMs }: NodeStatus): boolean {
  return observedRevision !== undefined || leaseMs !== undefined;
}

/** Joins this machine as `node`, as it would join from elsewhere: with a token. Safe to repeat. */
export async function joinPrimary(
  machine: PrimaryMachine,
  node: string,
  link: OperatorLink,
  onText: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { address, token } = await link.createToken(node, undefined, signal);
  const path = machine.joinProgram;
  const exitCode = await runProgram({ path, args: [address, token] }, onText, signal);
  if (exitCode !== 0) throw new ProgramFailedError(path, exitCode, "the same cowctl init goes on from here");
}
