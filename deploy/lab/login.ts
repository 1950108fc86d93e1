import type { RunOptions } from "./lab.ts";
import { LabRequestError } from "./lab-error.ts";

/** A line of passwd(5), as far as a login needs it. */
export type Account = {
  readonly name: string;
  readonly uid: string;
  readonly gid: string;
  readonly home: string;
  readonly shell: string;
};

/** Whoever reaches a host from outside is root, whatever its passwd says. */
export const ROOT: Account = { name: "root", uid: "0", gid: "0", home: "/root", shell: "/bin/bash" };

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Throws LabRequestError if the host has no such user. */
export function findAccount(passwd: string, name: string): Account {
  for (const line of passwd.split("\n")) {
    const [found, , uid, gid, , home, shell] = line.split(":");
    if (found !== name || uid === undefined || gid === undefined || home === undefined) continue;
    return { name, uid, gid, home, shell: shell || "/bin/sh" };
  }
  throw new LabRequestError(`no user ${JSON.stringify(name)} on this host`);
}

/** The command that becomes the user, with all of the user's groups, in the user's home, and runs `command` there. */
export function loginAs(account: Account, command: readonly string[], env: RunOptions["env"] = {}): readonly string[] {
  const { name, uid, gid, home, shell } = account;
  const variables = { HOME: home, USER: name, LOGNAME: name, SHELL: shell, PATH, LANG: "C.UTF-8", ...env };
  return [
    "setpriv",
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--init-groups",
    "--",
    "env",
    "--ignore-environment",
    `--chdir=${home}`,
    ...Object.entries(variables).map(([variable, value]) => `${variable}=${value}`),
    ...command,
  ];
}
