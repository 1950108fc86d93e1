import type { LabHost } from "../lab/lab.ts";
import { hostfileNodes, readHostfile } from "./operate.ts";
import { waitFor } from "./wait-for.ts";

/** A row of `cowctl status -o json`, as far as anyone here looks at it. */
export type NodeStatus = {
  readonly node: string;
  readonly phase: string;
  readonly reason: string | null;
  /** What its agent does right now. */
  readonly activity?: string | null;
};

const patienceMs = 240_000;

/** Asks the primary for one node's row. */
export async function statusOf(primary: LabHost, node: string): Promise<NodeStatus> {
  const { nodes }: { nodes: readonly NodeStatus[] } = JSON.parse(
    await primary.check(["cowctl", "status", "-o", "json"], { timeoutMs: 60_000 }),
  );
  const row = nodes.find((entry) => entry.node === node);
  if (row === undefined) throw new TypeError(`cowctl status has no row for ${node}`);
  return row;
}

/** Waits until a node is in the phase, and returns its row. */
export function untilPhase(primary: LabHost, node: string, phase: string, timeoutMs = patienceMs): Promise<NodeStatus> {
  const look = async () => {
    const status = await statusOf(primary, node);
    return status.phase === phase ? status : undefined;
  };
  return waitFor(`${node} to be ${phase}`, look, { timeoutMs, everyMs: 300 });
}

/** Waits for a node's line and returns the hostfile. */
export function untilListed(primary: LabHost, node: string, timeoutMs = patienceMs): Promise<string> {
  return untilHostfile(primary, `${node} in the hostfile`, (nodes) => nodes.includes(node), timeoutMs);
}

/** Waits until a node has no line, and returns the hostfile. */
export function untilGone(primary: LabHost, node: string, timeoutMs = patienceMs): Promise<string> {
  return untilHostfile(primary, `${node} to leave the hostfile`, (nodes) => !nodes.includes(node), timeoutMs);
}

/** Waits for a hostfile whose nodes fit, and returns its text. Names `what` if it waits in vain. */
export function untilHostfile(
  primary: LabHost,
  what: string,
  fits: (nodes: readonly string[]) => boolean,
  timeoutMs = patienceMs,
): Promise<string> {
  const look = async () => {
    const text = await readHostfile(primary);
    return text !== undefined && fits(hostfileNodes(text)) ? text : undefined;
  };
  return waitFor(what, look, { timeoutMs });
}
