import type { Resolution, ResolveNames } from "../name-lookup.ts";
import { runSession } from "./session-command.ts";

const lookupMs = 20_000;
const perName = 'for name; do printf "? %s\\n" "$name"; getent ahostsv4 -- "$name"; printf "!\\n"; done';

/**
 * Resolves by getent(1): nsswitch.conf and its modules, as getaddrinfo(3) does for MPI and ssh.
 *
 * In a child, since a lookup in this process holds a thread of Node's few for as long as a
 * silent name server pleases.
 */
export const resolveNames: ResolveNames = async (names, signal) => {
  if (names.length === 0) return [];
  const { stdout } = await runSession(["/bin/sh", "-c", perName, "sh", ...names], lookupMs, signal);
  return parseResolutions(stdout);
};

/** Reads what the script above wrote: of each name, "? NAME", lines of "ADDRESS KIND ...", "!". Pure. */
export function parseResolutions(text: string): readonly Resolution[] {
  return [...text.matchAll(/^\? (\S*)\n([^!]*)^!$/gm)].map(([, name = "", lines = ""]) => {
    const addresses = lines.split("\n").flatMap((line) => /^([\d.]+)\s/.exec(line)?.[1] ?? []);
    return { name, addresses: [...new Set(addresses)] };
  });
}
