import type { User } from "../accounts.ts";
import type { RunAs } from "../run-as.ts";
import { runSession } from "./session-command.ts";

/** Where a login that has no terminal finds programs on Debian and Ubuntu. */
const path = "PATH=/usr/local/bin:/usr/bin:/bin";

/**
 * Says how to run a command as a user: with the groups and nothing but the environment of a
 * plain login, in English. Nothing in it is read by a shell.
 */
export function asUser({ name, uid, gid, home, shell }: User, argv: readonly string[]): readonly [string, ...string[]] {
  const environment = [`HOME=${home}`, `USER=${name}`, `LOGNAME=${name}`, `SHELL=${shell}`, path, "LC_ALL=C.UTF-8"];
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--init-groups", "--", "env", "-i", ...environment, ...argv];
}

/** Runs a command as a user by setpriv(1). */
export const runAs: RunAs = (user, argv, timeoutMs, signal) => runSession(asUser(user, argv), timeoutMs, signal);
