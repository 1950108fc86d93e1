import type { Hook as WireHook } from "./gen/cowherd/v1/agent.ts";

/** What the primary's agent is asked to run for an event. */
export type HookRequest = {
  /** The same while the same event is asked for again. Of letters, digits and ". _ -". */
  readonly id: string;
  /** The name of the program's file. */
  readonly hook: string;
  /** For its standard input. */
  readonly event: string;
  /** How long it may take. */
  readonly seconds: number;
  /** The existing user that it runs as. Undefined for one that is there for this run alone. */
  readonly user: string | undefined;
};

/** Where the operator puts hooks, on the primary. */
export const hooksFolder = "/etc/cowherd/hooks";

/** The longest that a hook may take, in seconds. */
export const longestHookSeconds = 600;

/** The largest event that a hook is given, in bytes. */
export const largestHookEvent = 256 * 1024;

/** Users that hooks never run as: one may do everything, the other holds the cluster's CA. */
const refusedUsers: ReadonlySet<string> = new Set(["root", "cowherd"]);

/**
 * Says why a text names no hook; undefined for one that can. What follows is the text itself.
 *
 * It is a file's name and never a path, and a part of the name of a systemd unit.
 */
export function hookNameProblem(name: string): string | undefined {
  if (name.includes("/")) return `is a path: name the file alone, and put it into ${hooksFolder}`;
  if (name.length > 63) return "is longer than 63 characters";
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)
    ? undefined
    : 'is no name of a hook: use letters, digits and ". _ -", and start with a letter or a digit';
}

/** Says why hooks cannot run as a user of this name; undefined for one that may exist. What follows is the name itself. */
export function hookUserProblem(name: string): string | undefined {
  if (refusedUsers.has(name)) return "may do too much for a hook: name another user, or none";
  return /^[a-z][a-z0-9_-]{0,31}$/.test(name) ? undefined : "is no user's name on Debian";
}

/** Brings a request into the wire's form. */
export function toWireHook({ hook, ...request }: HookRequest): WireHook {
  return { ...request, name: hook };
}

/** Parses a request from the wire. It may name what cannot be run: who runs it refuses that. */
export function parseHook({ id, name, event, seconds, user }: WireHook): HookRequest {
  return { id, hook: name, event, seconds, user };
}
