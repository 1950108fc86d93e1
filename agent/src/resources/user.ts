import type { SpecOf } from "@cowherd/proto";
import { groupNamed, userNamed } from "../host/account-book.ts";
import type { AccountBook, Group, User } from "../host/accounts.ts";
import type { Access, Standing } from "../host/files.ts";
import { ConflictError, type Resource } from "./resource.ts";
import { guard, isPlainPath } from "./spec-guard.ts";

type Observed = { readonly book: AccountBook; readonly home: Standing | undefined };

type Change =
  | { readonly action: "add-group"; readonly group: Pick<Group, "name" | "gid"> }
  | { readonly action: "add-user"; readonly user: User }
  | { readonly action: "finish-user"; readonly user: string }
  | { readonly action: "set-shell"; readonly user: string; readonly shell: string }
  | { readonly action: "add-to-group"; readonly user: string; readonly group: string }
  | { readonly action: "make-home"; readonly home: string; readonly access: Access }
  | { readonly action: "close-home"; readonly home: string; readonly access: Access };

const homeMode = 0o755; // others read the hostfile in it
const othersMayWrite = 0o022; // sshd's StrictModes refuses every key in such a home

/**
 * A login with a group of the same name and number, and its home.
 *
 * A name or a number that belongs to someone else is a conflict: that account is never
 * touched. Memberships in further groups are added and never taken away.
 */
export const userResource: Resource<SpecOf<"user">, Observed, Change> = {
  async read({ home }, host) {
    return { book: await host.accounts.read(), home: await host.files.stat(home) };
  },

  plan(spec, { book, home }) {
    guardNames(spec);
    refuseTaken(spec, book, home);
    const { name, uid, gid, shell, groups } = spec;
    const changes: Change[] = [];
    const user = userNamed(book, name);
    if (groupNamed(book, name) === undefined) changes.push({ action: "add-group", group: { name, gid } });
    if (user === undefined) changes.push({ action: "add-user", user: { name, uid, gid, home: spec.home, shell } });
    else if (user.shell !== shell) changes.push({ action: "set-shell", user: name, shell });
    if (book.unfinished.includes(name)) changes.push({ action: "finish-user", user: name });
    for (const group of groups) {
      if (!groupNamed(book, group)?.members.includes(name)) changes.push({ action: "add-to-group", user: name, group });
    }
    return [...changes, ...planHome(spec, home)];
  },

  async apply(change, { accounts, files }, signal) {
    switch (change.action) {
      case "add-group":
        if (groupNamed(await accounts.read(), change.group.name)?.gid === change.group.gid) return;
        return accounts.addGroup(change.group, signal);
      case "add-user":
        if (userNamed(await accounts.read(), change.user.name)?.uid === change.user.uid) return;
        return accounts.addUser(change.user, signal);
      case "finish-user":
        return accounts.finishUser(change.user, signal);
      case "set-shell":
        return accounts.setShell(change.user, change.shell, signal);
      case "add-to-group":
        return accounts.addToGroup(change.user, change.group, signal);
      case "make-home":
        if ((await files.stat(change.home))?.uid === change.access.uid) return;
        return accounts.makeHome(change.home, change.access);
      case "close-home":
        return files.setAccess(change.home, change.access);
    }
  },

  describe(change) {
    switch (change.action) {
      case "add-group":
        return `add group ${change.group.name} (${change.group.gid})`;
      case "add-user":
        return `add user ${change.user.name} (${change.user.uid})`;
      case "finish-user":
        return `finish adding user ${change.user}`;
      case "set-shell":
        return `set the shell of ${change.user} to ${change.shell}`;
      case "add-to-group":
        return `add ${change.user} to group ${change.group}`;
      case "make-home":
        return `make home ${change.home}`;
      case "close-home":
        return `take others' write permission from ${change.home}`;
    }
  },

  watches: () => ["/etc/passwd", "/etc/group"],
};

function guardNames({ name, uid, gid, home, shell, groups }: SpecOf<"user">): void {
  for (const text of [name, ...groups])
    guard(isAccountName(text), () => `${JSON.stringify(text)} is not an account's name`);
  for (const id of [uid, gid]) guard(id > 0 && id < 65_534, () => `${id} is not a user's number`);
  for (const path of [home, shell])
    guard(isPlainPath(path) && !path.includes(":"), () => `${JSON.stringify(path)} is not a path`);
}

/** As Debian's adduser has it by default, and what the shadow tools take. */
function isAccountName(text: string): boolean {
  return /^[a-z_][a-z0-9_-]{0,31}$/.test(text);
}

function refuseTaken(
  { name, uid, gid, home }: SpecOf<"user">,
  book: AccountBook,
  standing: Standing | undefined,
): void {
  const user = userNamed(book, name);
  const group = groupNamed(book, name);
  const uidOwner = book.users.find((other) => other.uid === uid && other.name !== name);
  const gidOwner = book.groups.find((other) => other.gid === gid && other.name !== name);
  if (user !== undefined && user.uid !== uid)
    throw new ConflictError(`user ${name} exists with uid ${user.uid}, wanted ${uid}`);
  if (uidOwner !== undefined) throw new ConflictError(`uid ${uid} belongs to ${uidOwner.name}`);
  if (group !== undefined && group.gid !== gid)
    throw new ConflictError(`group ${name} exists with gid ${group.gid}, wanted ${gid}`);
  if (gidOwner !== undefined) throw new ConflictError(`gid ${gid} belongs to group ${gidOwner.name}`);
  if (user !== undefined && user.gid !== gid)
    throw new ConflictError(`user ${name} exists with gid ${user.gid}, wanted ${gid}`);
  if (user !== undefined && user.home !== home)
    throw new ConflictError(`user ${name} exists with home ${user.home}, wanted ${home}`);
  if (standing !== undefined && standing.type !== "folder") throw new ConflictError(`home ${home} is not a folder`);
  if (standing !== undefined && standing.uid !== uid)
    throw new ConflictError(`home ${home} belongs to uid ${standing.uid}, wanted ${uid}`);
}

function planHome({ home, uid, gid }: SpecOf<"user">, standing: Standing | undefined): readonly Change[] {
  if (standing === undefined) return [{ action: "make-home", home, access: { mode: homeMode, uid, gid } }];
  const { mode } = standing;
  if ((mode & othersMayWrite) === 0) return [];
  return [{ action: "close-home", home, access: { mode: mode & ~othersMayWrite, uid, gid: standing.gid } }];
}
