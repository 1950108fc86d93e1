/** How the last change of the network ended, kept so that the same is not tried again and again. */
export type Attempt = {
  /** As Pending has it. */
  readonly change: string;
  /** As Pending has it. */
  readonly problem: string;
  readonly end: "confirmed" | "reverted";
  /** Why it was taken back, in words. */
  readonly reason: string;
  /** How often in a row it was confirmed with this problem before it. At least 1 where it was. */
  readonly times: number;
  /** Calendar time. */
  readonly endedAtMs: number;
};

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A change that was taken back cuts the node off for as long as it waits: seldom again. */
const afterRevertedMs = hourMs;

/**
 * A configuration that is in force and does not show, such as where somebody adds an address
 * again: each attempt costs the other NICs a moment too, and keepalived never gives in.
 */
const afterConfirmedMs = [5 * minuteMs, hourMs, 6 * hourMs] as const;

/** A problem that was away for longer than this starts anew. */
const forgottenMs = 24 * hourMs;

/** What is to be done, and what for. */
type Intent = Pick<Attempt, "change" | "problem">;

/**
 * Says why a change is not tried now, and when it is. Undefined where nothing speaks against
 * it: another change, or long ago, by a calendar that may have been set back meanwhile. Pure.
 */
export function reasonToWait(
  last: Attempt | undefined,
  { change, problem }: Intent,
  calendarMs: number,
): string | undefined {
  if (last === undefined || last.change !== change) return undefined;
  const times = last.problem === problem ? last.times : 1;
  const pauseMs = last.end === "reverted" ? afterRevertedMs : pauseAfter(times);
  const leftMs = last.endedAtMs + pauseMs - calendarMs;
  if (leftMs <= 0 || leftMs > pauseMs) return undefined;
  const when = `tried again in ${lengthOf(leftMs)}, or once the spec or a file of netplan's changes`;
  if (last.end === "reverted") return `${last.reason}; ${when}`;
  return `it was applied ${times > 1 ? `${times} times` : "a moment ago"} and did not help; ${when}`;
}

/** The record of a change that was confirmed now: counts on from the same one with the same problem. Pure. */
export function confirmedAttempt(last: Attempt | undefined, { change, problem }: Intent, calendarMs: number): Attempt {
  const isAgain = last?.end === "confirmed" && last.change === change && last.problem === problem;
  const isForgotten = last === undefined || Math.abs(calendarMs - last.endedAtMs) > forgottenMs;
  const times = isAgain && !isForgotten ? last.times + 1 : 1;
  return { change, problem, end: "confirmed", reason: "", times, endedAtMs: calendarMs };
}

function pauseAfter(times: number): number {
  const [first, second, later] = afterConfirmedMs;
  return times <= 1 ? first : times === 2 ? second : later;
}

function lengthOf(milliseconds: number): string {
  const isLong = milliseconds >= 2 * hourMs;
  return isLong ? `${Math.ceil(milliseconds / hourMs)} h` : `${Math.ceil(milliseconds / minuteMs)} min`;
}
