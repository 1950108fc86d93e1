import { createHash } from "node:crypto";
import type { Host } from "../host/host.ts";
import type { PythonOwner } from "../host/pythons.ts";

/** How a build or pip failed last, as it is kept so that the same is not tried every minute. */
export type PythonFailure = {
  /** As attemptOf has it. */
  readonly attempt: string;
  /** In words. */
  readonly reason: string;
  /** Calendar time. */
  readonly failedAtMs: number;
};

/** It failed not long ago, and nothing has changed since. The message says why, when it is tried again, and how to try at once. */
export class PythonPausedError extends Error {
  override readonly name = "PythonPausedError";
}

/** A build takes its processor and its downloads for as long as it lasts. */
const pauseMs = 60 * 60_000;

/** Leaves room, in what is told of an outcome, for when and how it is tried again. */
const maxReasonLength = 220;

/** Where to keep a failure, and which attempt it would be of. */
export type FailurePlace = { readonly path: string; readonly attempt: string; readonly owner: PythonOwner };

/** Does the work, and keeps it where it fails by itself: not where the agent stops waiting, nor by a power cut. */
export async function keepingFailure(
  { path, attempt, owner }: FailurePlace,
  host: Host,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error && error.name === "PythonError")) throw error;
    const failure = { attempt, reason: error.message, failedAtMs: host.pythons.calendar() };
    const { uid, gid } = owner;
    const file = { content: Buffer.from(renderPythonFailure(failure)), mode: 0o644, uid, gid };
    await host.files.replace(path, file).catch(() => {}); // why the work failed says more than that this was not kept
    throw error;
  }
}

/** Reads what keepingFailure kept. Undefined where there is nothing, or something else. */
export async function readPythonFailure(path: string, host: Host): Promise<PythonFailure | undefined> {
  const stored = await host.files.read(path);
  return stored && parsePythonFailure(stored.content.toString("utf8"));
}

/** Returns a text that is another one once the machine was booted, a system package changed, or something at one of the paths. */
export async function readSurroundings(paths: readonly string[], host: Host): Promise<string> {
  const boot = await host.files.read("/proc/sys/kernel/random/boot_id"); // a shutdown may be what ended the work
  const parts = [boot?.content.toString("latin1").trim() ?? "none"];
  for (const path of ["/var/lib/dpkg/status", ...paths]) {
    parts.push((await host.files.stamp(path).catch(() => undefined)) ?? "none"); // a pyenv of the user's own may be made of links
  }
  return parts.join(", ");
}

/** The same for the same work in the same surroundings: by it what failed is known again. Pure. */
export function attemptOf(work: unknown, surroundings: string): string {
  return createHash("sha256")
    .update(JSON.stringify([work, surroundings]))
    .digest("hex");
}

/**
 * Throws PythonPausedError where this very attempt failed less than an hour ago, by a calendar
 * that may have been set back meanwhile. `path` is where the failure is kept. Pure.
 */
export function refuseRepetition(
  failure: PythonFailure | undefined,
  { attempt, path, nowMs }: { readonly attempt: string; readonly path: string; readonly nowMs: number },
): void {
  if (failure === undefined || failure.attempt !== attempt) return;
  const againAtMs = failure.failedAtMs + pauseMs;
  if (againAtMs <= nowMs || failure.failedAtMs > nowMs) return;
  const { reason } = failure;
  const short = reason.length > maxReasonLength ? `${reason.slice(0, maxReasonLength)}…` : reason;
  const when = new Date(againAtMs).toISOString().slice(0, 16).replace("T", " "); // a time that stays, unlike minutes left
  throw new PythonPausedError(
    `${short}; tried again at ${when} UTC, once the spec, Python or a system package changes, or at once: rm ${path}`,
  );
}

/** Renders a failure as JSON. */
export function renderPythonFailure({ attempt, reason, failedAtMs }: PythonFailure): string {
  return `${JSON.stringify({ attempt, reason, failedAtMs }, undefined, 2)}\n`;
}

/** Parses a kept failure. Undefined for what is none: it lies in a user's home. Pure. */
export function parsePythonFailure(text: string): PythonFailure | undefined {
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== "object" || kept === null) return undefined;
    if (!("attempt" in kept) || typeof kept.attempt !== "string") return undefined;
    if (!("reason" in kept) || typeof kept.reason !== "string") return undefined;
    if (!("failedAtMs" in kept) || !Number.isSafeInteger(kept.failedAtMs)) return undefined;
    return { attempt: kept.attempt, reason: kept.reason, failedAtMs: Number(kept.failedAtMs) };
  } catch {
    return undefined;
  }
}
