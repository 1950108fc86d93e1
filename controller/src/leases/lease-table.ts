/** Who holds a lease, and until when. Times are milliseconds of a monotonic clock. A plain value: copied, never edited. */
export type LeaseTable = {
  readonly ends: ReadonlyMap<string, number>;
  /** When the table was last looked over. */
  readonly lookedAt: number;
};

export type LeaseTiming = {
  /** How long one sign of life is good for. */
  readonly leaseMs: number;
  /** A longer gap between two looks means that we were paused, not the nodes. */
  readonly pauseMs: number;
  /** So close to its end is a lease of which signs of life are missing: a heartbeat, and what one may be late. */
  readonly fadingMs: number;
};

/** Gives every named node a fresh lease. */
export function freshLeases(nodes: Iterable<string>, now: number, { leaseMs }: LeaseTiming): LeaseTable {
  return { ends: new Map([...nodes].map((node) => [node, now + leaseMs])), lookedAt: now };
}

/** Gives one node a fresh lease. */
export function renewLease(table: LeaseTable, node: string, now: number, { leaseMs }: LeaseTiming): LeaseTable {
  return { ...table, ends: new Map(table.ends).set(node, now + leaseMs) };
}

/** Takes the leases of the named nodes away. */
export function dropLeases(table: LeaseTable, nodes: readonly string[]): LeaseTable {
  if (nodes.length === 0) return table;
  const ends = new Map(table.ends);
  for (const node of nodes) ends.delete(node);
  return { ...table, ends };
}

/**
 * Looks the table over and names the nodes whose lease has ended; they stay in it. Beside them,
 * where there are any, those that are `fading`: whose lease ends within a heartbeat if they
 * stay as silent as they have been. Machines that died together gave their last signs of life
 * within one.
 *
 * After a pause every lease starts afresh: nobody could renew one while we slept, so its
 * end says nothing about the node.
 */
export function lookOver(
  table: LeaseTable,
  now: number,
  timing: LeaseTiming,
): { readonly table: LeaseTable; readonly ended: readonly string[]; readonly fading: readonly string[] } {
  if (now - table.lookedAt > timing.pauseMs) {
    return { table: freshLeases(table.ends.keys(), now, timing), ended: [], fading: [] };
  }
  const endingBy = (moment: number) => [...table.ends].filter(([, end]) => end <= moment).map(([node]) => node);
  const ended = endingBy(now);
  const fading = ended.length === 0 ? [] : endingBy(now + timing.fadingMs).filter((node) => !ended.includes(node));
  return { table: { ...table, lookedAt: now }, ended, fading };
}

/** Returns how long a node's lease still lasts, in milliseconds. Undefined without one. */
export function remainingLease(table: LeaseTable, node: string, now: number): number | undefined {
  const end = table.ends.get(node);
  return end === undefined ? undefined : Math.max(0, end - now);
}
