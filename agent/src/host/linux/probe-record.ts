/** How the last probes of a mount ended: well, or again and again not in time. Milliseconds of a clock that never goes back. */
export type ProbeRecord = { readonly mount: string } & (
  | { readonly goodAt: number }
  | { readonly lateSince: number; readonly late: number }
);

/**
 * How long a server that answers may keep its clients waiting. After a restart the Linux one
 * lets nobody open a file anew for 90 s, and for as long again while clients still reclaim theirs.
 */
const patienceMs = 200_000;
const fewestLate = 3;
const freshMs = 240_000;

/** The record after one more probe of `mount` that did not end in time. */
export function withLateProbe(before: ProbeRecord | undefined, mount: string, nowMs: number): ProbeRecord {
  if (before?.mount !== mount || "goodAt" in before) return { mount, lateSince: nowMs, late: 1 };
  return { ...before, late: before.late + 1 };
}

/** Whether the mount itself must be what hangs: no probe of several ended, for longer than a server may take. */
export function isHung(record: ProbeRecord, nowMs: number): boolean {
  return "late" in record && record.late >= fewestLate && nowMs - record.lateSince > patienceMs;
}

/** Whether `mount` was seen to work so lately that it needs no probe. */
export function isFresh(record: ProbeRecord | undefined, mount: string, nowMs: number): boolean {
  return record?.mount === mount && "goodAt" in record && nowMs - record.goodAt <= freshMs;
}
