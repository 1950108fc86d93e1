import { randomUUID } from "node:crypto";
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

/** `cowctl status -o json`, as far as anyone here looks at it. */
export type ClusterStatus = { readonly nodes: readonly NodeStatus[]; readonly notices: readonly string[] };

const patienceMs = 240_000;
const lookMs = 60_000;

/** Asks the primary for one node's row. */
export async function statusOf(primary: LabHost, node: string): Promise<NodeStatus> {
  return rowOf(await askStatus(primary), node);
}

/** Asks the primary for what it tells of the cluster as a whole. */
export async function noticesOf(primary: LabHost): Promise<readonly string[]> {
  return (await askStatus(primary)).notices;
}

async function askStatus(primary: LabHost): Promise<ClusterStatus> {
  return JSON.parse(await primary.check(["cowctl", "status", "-o", "json"], { timeoutMs: lookMs }));
}

/** $1 is the file. A controller that is not there at the start is an error, and is awaited here. */
const FOLLOW = 'until cowctl status --watch -o json >"$1"; do sleep 1; done';

/**
 * Follows the status until `look` finds something in it, and returns that. Names `what` if it
 * waits in vain.
 *
 * One start of cowctl serves the whole wait: on an emulated machine each takes ten seconds of
 * the processor that what is waited for needs.
 */
export async function untilStatus<Found>(
  primary: LabHost,
  what: string,
  look: (status: ClusterStatus) => Found | undefined,
  timeoutMs = patienceMs,
): Promise<Found> {
  const file = `/run/status-followed.${randomUUID()}`;
  const enough = new AbortController();
  const following = primary.run(["sh", "-c", FOLLOW, "sh", file], {}, enough.signal).catch(() => undefined);
  const lookOnce = async () => {
    const { stdout } = await primary.run(["tail", "--lines=1", "--", file], { timeoutMs: lookMs });
    return stdout.endsWith("\n") ? look(JSON.parse(stdout)) : undefined; // not there yet, or half a line
  };
  try {
    return await waitFor(what, lookOnce, { timeoutMs, everyMs: 500 }); // a command on a host is six processes
  } finally {
    enough.abort();
    await following;
    await primary.run(["rm", "--force", "--", file], { timeoutMs: lookMs });
  }
}

/** Follows the status until a node's row fits, and returns the row. Names `what` if it waits in vain. */
export function untilNode(
  primary: LabHost,
  node: string,
  what: string,
  fits: (row: NodeStatus) => boolean,
  timeoutMs = patienceMs,
): Promise<NodeStatus> {
  const look = (status: ClusterStatus) => {
    const row = rowOf(status, node);
    return fits(row) ? row : undefined;
  };
  return untilStatus(primary, `${node} ${what}`, look, timeoutMs);
}

/** Waits until a node is in the phase, and returns its row. */
export function untilPhase(primary: LabHost, node: string, phase: string, timeoutMs?: number): Promise<NodeStatus> {
  return untilNode(primary, node, `to be ${phase}`, (row) => row.phase === phase, timeoutMs);
}

/** Waits until a node says why it is not ready, in words like these, and returns its row. */
export function untilReason(primary: LabHost, node: string, like: RegExp, timeoutMs?: number): Promise<NodeStatus> {
  return untilNode(primary, node, `to say ${like}`, ({ reason }) => like.test(reason ?? ""), timeoutMs);
}

/** Waits for a notice like this, and returns it. */
export function untilNotice(primary: LabHost, like: RegExp, timeoutMs?: number): Promise<string> {
  return untilStatus(
    primary,
    `a notice like ${like}`,
    ({ notices }) => notices.find((notice) => like.test(notice)),
    timeoutMs,
  );
}

/** Waits until there is no notice like this. */
export async function untilNoNotice(primary: LabHost, like: RegExp, timeoutMs?: number): Promise<void> {
  const look = ({ notices }: ClusterStatus) => !notices.some((notice) => like.test(notice)) || undefined;
  await untilStatus(primary, `no notice like ${like}`, look, timeoutMs);
}

function rowOf({ nodes }: ClusterStatus, node: string): NodeStatus {
  const row = nodes.find((entry) => entry.node === node);
  if (row === undefined) throw new TypeError(`cowctl status has no row for ${node}`);
  return row;
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
