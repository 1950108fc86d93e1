/** How the last change of the network ended, kept so that the same is not tried again and again. */
export type Attempt = {
  /** As Pending has it. */
  readonly change: string;
  readonly end: "confirmed" | "reverted";
  /** Why it was taken back, in words. */
  readonly reason: string;
  /** Calendar time. */
  readonly endedAtMs: number;
};

/** A change that was taken back cuts the node off for as long as it waits: seldom again. */
const afterRevertedMs = 60 * 60_000;

/** A configuration that is in force and does not show, such as an address that somebody adds again. */
const afterConfirmedMs = 5 * 60_000;

/**
 * Says why a change is not tried now, and when it is. Undefined where nothing speaks against
 * it: another change, or long ago, by a calendar that may have been set back meanwhile. Pure.
 */
export function reasonToWait(last: Attempt | undefined, change: string, calendarMs: number): string | undefined {
  if (last === undefined || last.change !== change) return undefined;
  const pauseMs = last.end === "reverted" ? afterRevertedMs : afterConfirmedMs;
  const leftMs = last.endedAtMs + pauseMs - calendarMs;
  if (leftMs <= 0 || leftMs > pauseMs) return undefined;
  const when = `tried again in ${Math.ceil(leftMs / 60_000)} min, or once the spec or a file of netplan's changes`;
  return last.end === "reverted" ? `${last.reason}; ${when}` : `it was applied a moment ago and did not help; ${when}`;
}
