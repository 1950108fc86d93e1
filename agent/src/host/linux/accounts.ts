import { readFile } from "node:fs/promises";
import { parseAccountBook } from "../account-book.ts";
import type { Accounts } from "../accounts.ts";
import { requireCommand } from "../run-command.ts";
import { makeHome } from "./home.ts";

const timeoutMs = 60_000; // the shadow tools wait for their lock for up to 15 s

/** The accounts below `root`, changed through Debian's shadow tools, which keep the lock and the shadow files. */
export function createLinuxAccounts(root: string): Accounts {
  const place = root === "" ? [] : ["--prefix", root];
  const shadow = async (tool: "groupadd" | "useradd" | "usermod", args: readonly string[], signal: AbortSignal) => {
    signal.throwIfAborted();
    const toItsEnd = new AbortController().signal; // killed midway, these leave their lock and half an account
    await requireCommand([tool, ...place, ...args], { timeoutMs }, toItsEnd);
  };
  return {
    async read() {
      const passwd = await readFile(`${root}/etc/passwd`, "utf8");
      const group = await readFile(`${root}/etc/group`, "utf8");
      return parseAccountBook(passwd, group, await readIfAny(`${root}/etc/shadow`));
    },

    addGroup: ({ name, gid }, signal) => shadow("groupadd", ["--gid", String(gid), "--", name], signal),

    addUser: ({ name, uid, gid, home, shell }, signal) => {
      const account = ["--uid", String(uid), "--gid", String(gid), "--home-dir", home, "--shell", shell];
      return shadow("useradd", [...account, "--no-create-home", "--", name], signal);
    },

    // an entry in /etc/shadow is created if there was none, usermod(8)
    finishUser: (user, signal) => shadow("usermod", ["--expiredate", "", "--", user], signal),

    setShell: (user, shell, signal) => shadow("usermod", ["--shell", shell, "--", user], signal),

    addToGroup: (user, group, signal) => shadow("usermod", ["--append", "--groups", group, "--", user], signal),

    makeHome: (home, access) => makeHome(root, home, access),
  };
}

async function readIfAny(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
