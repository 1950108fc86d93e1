import type { LiveState } from "./live-state.ts";
import { addressOf } from "./subnet.ts";
import type { FileWrite } from "./wanted-files.ts";

/** When something is, by the clocks that a machine has. */
export type Moment = {
  /** Differs after each boot. */
  readonly bootId: string;
  /** Since the boot. Never goes back within one. */
  readonly uptimeMs: number;
  /** Since 1970. May be wrong by years after a boot, and may jump. */
  readonly calendarMs: number;
};

/** A file as it was: its content and access, or that there was none. */
export type FormerFile = Pick<FileWrite, "path"> & { readonly file: FileWrite["file"] | undefined };

/**
 * A change of the network that is neither confirmed nor taken back yet.
 *
 * prepared: files may be old, new or some of each, and nothing was applied. applying: the
 * files are new, and they may be in force. applied: they are in force, and the controller was
 * not reached over them yet. reverting: it is decided that the old ones come back.
 */
export type Pending = {
  /** Names this attempt, so that its jobs are no other's. */
  readonly id: string;
  /** Hash of what was asked for and of what was there. */
  readonly change: string;
  /** What is wrong with the network without it, in words. */
  readonly problem: string;
  /** The declared address, in CIDR form. */
  readonly address: string;
  /** The cluster's NIC. */
  readonly device: string;
  readonly phase: "prepared" | "applying" | "applied" | "reverting";
  /** Why it is taken back. Empty unless reverting. */
  readonly reason: string;
  /** What could not be put back so far, and why, in words. */
  readonly unrestored: readonly string[];
  /** Whether the new files may be in force. */
  readonly inForce: boolean;
  readonly confirmMs: number;
  readonly startedAt: Moment;
  /** In the boot of `bootId`, by its uptime. */
  readonly deadlineUptimeMs: number;
  readonly deadlineCalendarMs: number;
  readonly bootId: string;
  /** How often the machine booted since the start. */
  readonly boots: number;
  readonly before: readonly FormerFile[];
  readonly live: LiveState;
  /** The interfaces whose running state is put back. */
  readonly devices: readonly string[];
};

/** What is to be done about a pending change now. */
export type Step =
  /** The machine booted: carry the deadline over to its clock. */
  | { readonly step: "adopt" }
  | { readonly step: "apply" }
  /** Try to reach the controller; reached means confirmed. */
  | { readonly step: "reach"; readonly leftMs: number }
  /** Put the old files back; `inForce` where the new ones may be in force. */
  | { readonly step: "revert"; readonly reason: string; readonly inForce: boolean };

/** After a boot, the controller may need a moment too: so long is waited at least. */
const leastMs = 10_000;

/** Says what to do next. Pure: it looks at the record and the clocks alone, never at how it came here. */
export function nextStep(pending: Pending, now: Moment): Step {
  const booted = pending.bootId !== now.bootId;
  if (pending.phase === "reverting") {
    return { step: "revert", reason: pending.reason, inForce: booted || pending.inForce };
  }
  if (pending.phase === "prepared") {
    return { step: "revert", reason: "the change was cut short before it was applied", inForce: booted };
  }
  if (booted && pending.boots > 0) {
    return { step: "revert", reason: "the machine booted twice before the controller was reached", inForce: true };
  }
  if (booted) return { step: "adopt" };
  const leftMs = pending.deadlineUptimeMs - now.uptimeMs;
  if (leftMs <= 0) return { step: "revert", reason: notReached(pending), inForce: true };
  return pending.phase === "applying" ? { step: "apply" } : { step: "reach", leftMs };
}

/** So long may netplan itself take at most: seconds on a real machine, and a minute on an emulated one. */
export const applyMs = 180_000;

/** Files are new from here on: what netplan may take and the time to confirm together are the deadline. Pure. */
export function armed(pending: Pending, now: Moment): Pending {
  return {
    ...pending,
    phase: "applying",
    inForce: true,
    bootId: now.bootId,
    deadlineUptimeMs: now.uptimeMs + applyMs + pending.confirmMs,
    deadlineCalendarMs: now.calendarMs + applyMs + pending.confirmMs,
  };
}

/** The new files are in force: the time starts within which the controller must be reached. Pure. */
export function inForceFrom(pending: Pending, now: Moment): Pending {
  return {
    ...pending,
    phase: "applied",
    deadlineUptimeMs: Math.min(pending.deadlineUptimeMs, now.uptimeMs + pending.confirmMs),
    deadlineCalendarMs: Math.min(pending.deadlineCalendarMs, now.calendarMs + pending.confirmMs),
  };
}

/**
 * Carries the deadline over to a new boot: what the calendar says is left, but no less than
 * ten seconds and no more than there was at first, whatever the calendar says. The files are
 * in force, also where the power went amid netplan's work: the boot itself applied them. Pure.
 */
export function adopted(pending: Pending, now: Moment): Pending {
  const left = pending.deadlineCalendarMs - now.calendarMs;
  const leftMs = Math.min(pending.confirmMs, Math.max(leastMs, left));
  const deadlineUptimeMs = now.uptimeMs + leftMs;
  return { ...pending, phase: "applied", bootId: now.bootId, boots: pending.boots + 1, deadlineUptimeMs };
}

function notReached({ address, confirmMs }: Pending): string {
  return `the controller was not reached over ${addressOf(address)} within ${confirmMs / 1000} s`;
}
