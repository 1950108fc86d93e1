import type { AccountBook, Group, User } from "./accounts.ts";

/**
 * Reads the texts of /etc/passwd, /etc/group and /etc/shadow (passwd(5), group(5), shadow(5)).
 * A line that is none, such as NIS's "+", is passed over. `shadow` is undefined on a machine
 * without that file.
 */
export function parseAccountBook(passwd: string, group: string, shadow: string | undefined): AccountBook {
  const lines = passwd.split("\n");
  const shadowed = shadow && new Set(shadow.split("\n").map((line) => line.split(":", 1).join("")));
  return {
    users: lines.flatMap(parseUser),
    groups: group.split("\n").flatMap(parseGroup),
    unfinished: shadowed ? lines.flatMap((line) => namesShadow(line).filter((name) => !shadowed.has(name))) : [],
  };
}

/** The user of that name; the first, as the C library takes it. */
export function userNamed(book: AccountBook, name: string): User | undefined {
  return book.users.find((user) => user.name === name);
}

/** The group of that name; the first, as the C library takes it. */
export function groupNamed(book: AccountBook, name: string): Group | undefined {
  return book.groups.find((group) => group.name === name);
}

function parseUser(line: string): readonly User[] {
  const [name, , uid, gid, , home, shell] = line.split(":");
  if (!isName(name) || !isNumber(uid) || !isNumber(gid) || home === undefined) return [];
  return [{ name, uid: Number(uid), gid: Number(gid), home, shell: shell || "/bin/sh" }];
}

/** The user whose password field says "see /etc/shadow". */
function namesShadow(line: string): readonly string[] {
  const [name, password] = line.split(":");
  return isName(name) && password === "x" ? [name] : [];
}

function parseGroup(line: string): readonly Group[] {
  const [name, , gid, members] = line.split(":");
  if (!isName(name) || !isNumber(gid)) return [];
  return [{ name, gid: Number(gid), members: (members ?? "").split(",").filter((member) => member !== "") }];
}

function isName(text: string | undefined): text is string {
  return text !== undefined && /^[^+\-#\s]\S*$/.test(text);
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,10}$/.test(text);
}
