import type { ClusterState } from "../state/cluster-state.ts";
import { objectionTo, waitOf } from "../state/fitness.ts";
import { lackingProof } from "../state/proving.ts";
import { hostfileEntries } from "./hostfile-entries.ts";
import { sameEntries } from "./same-entries.ts";

/** How closely hostfiles may follow each other. Milliseconds. */
export type Pace = {
  /** A burst is over once nobody has come for so long. */
  readonly quietMs: number;
  /** No newcomer waits longer for the end of a burst. */
  readonly mostMs: number;
  /** Nor longer than this while others are being proved, two at a time, to come after it. */
  readonly provingMs: number;
};

/** A hundred machines that join at once make five hostfiles at most, though their proofs take a minute and a half. */
export const ordinaryPace: Pace = { quietMs: 1_000, mostMs: 10_000, provingMs: 25_000 };

/** For whom it matters what would be, and not when. */
export const atOnce: Pace = { quietMs: 0, mostMs: 0, provingMs: 0 };

/**
 * Tells from when on, in running time, the hostfile may be replaced by the one that the state
 * asks for; undefined where that is the one there is, or would be empty.
 *
 * A single change may at once, and so may whatever takes a line away: jobs would fail on it.
 * Newcomers that follow each other closely come in together, when the last has come, and so do
 * those behind whom others only wait for their turn to be proved.
 */
export function publicationDue(state: ClusterState, { quietMs, mostMs, provingMs }: Pace): number | undefined {
  const { hostfile, nodes, publishedAt } = state;
  const entries = hostfileEntries(state);
  if (entries.length === 0 || sameEntries(entries, hostfile?.entries)) return undefined;
  if (hostfile === undefined) return 0;
  const stay = new Set(entries.map(({ node }) => node));
  if (hostfile.entries.some(({ node }) => !stay.has(node))) return 0;
  const listed = new Set(hostfile.entries.map(({ node }) => node));
  const came = entries.flatMap(({ node }) => (listed.has(node) ? [] : (nodes.get(node)?.presence.admittedAt ?? [])));
  const [first, last] = [Math.min(...came), Math.max(...came, publishedAt)];
  if (came.length > 0 && isFollowed(state)) return publishedAt + provingMs;
  if (came.length > 0 && first >= publishedAt + quietMs) return 0;
  return Math.min(last + quietMs, publishedAt + mostMs);
}

/** Tells whether a node lacks nothing but proofs that nobody has tried so far, or nothing any more, so that it is about to come. */
function isFollowed(state: ClusterState): boolean {
  return [...state.nodes.values()].some((node) => {
    if (node.admitted || objectionTo(state, node) !== undefined) return false;
    if (lackingProof(state, node)?.failed !== undefined) return false; // before the waits, which ask every peer
    const wait = waitOf(state, node);
    return wait === undefined || wait.type === "proof";
  });
}
