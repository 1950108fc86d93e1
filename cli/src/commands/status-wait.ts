import { followStatus } from "../link/follow-status.ts";
import type { ClusterStatus, NodeStatus } from "../link/operator-link.ts";
import { isBusy, standingReason } from "../output/node-standing.ts";
import { NotReadyError } from "./command-error.ts";
import type { Cowctl } from "./cowctl.ts";

/**
 * Resolves to the first status in which every node is ready and as it should be, or drained on
 * purpose, and the hostfile names them: whoever waited may start a job on all of them. A controller
 * that is away is awaited too. Throws NotReadyError after `timeoutMs`. Tells of its progress on stderr.
 */
export async function waitUntilReady(cowctl: Cowctl, timeoutMs: number): Promise<ClusterStatus> {
  const { clock, stderr, signal } = cowctl;
  const over = new AbortController();
  const within = AbortSignal.any([signal, over.signal]);
  void clock.wait(timeoutMs, within).then(() => over.abort());
  let missing: readonly NodeStatus[] | undefined;
  let cause: unknown;
  let told: string | undefined;
  const tell = (line: string) => {
    if (line !== told) stderr.write(`${line}\n`);
    told = line;
  };
  const onLost = (error: unknown) => {
    cause = error;
    tell("waiting for the controller");
  };
  try {
    for await (const status of followStatus({ ...cowctl, onLost }, within)) {
      missing = status.nodes.filter((node) => !isSettled(node));
      if (missing.length === 0 && !status.hostfileDue) return status;
      if (missing.length === 0) {
        tell("all are ready; waiting for the hostfile that names them");
        continue;
      }
      tell(`${status.nodes.length - missing.length} of ${status.nodes.length} ready; waiting for ${list(missing)}`);
    }
  } finally {
    over.abort();
  }
  throw new NotReadyError(missing, { cause });
}

/** The hostfile, too, is a part of what the primary should be. */
function isSettled({ phase, observedRevision, desiredRevision }: NodeStatus): boolean {
  return phase === "drained" || (phase === "ready" && observedRevision === desiredRevision);
}

function list(nodes: readonly NodeStatus[]): string {
  return nodes.map((node) => `${node.node} (${isBusy(node) ? standingReason(node) : node.phase})`).join(", ");
}
