/** A user's numbers, as passwd(5) has them. */
export type Account = { readonly uid: number; readonly gid: number };

/** Finds an account by name in the text of /etc/passwd; undefined where there is none. Pure. */
export function findAccount(passwd: string, name: string): Account | undefined {
  for (const line of passwd.split("\n")) {
    const [login, , uid = "", gid = ""] = line.split(":");
    if (login === name && /^\d+$/.test(uid) && /^\d+$/.test(gid)) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}
