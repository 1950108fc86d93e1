import { describe, expect, it } from "vitest";
import { groupNamed, userNamed } from "./account-book.ts";
import type { User } from "./accounts.ts";
import type { Host } from "./host.ts";

const signal = new AbortController().signal;
const ada: User = { name: "ada", uid: 7777, gid: 7777, home: "/home/ada", shell: "/bin/sh" };

/** What every Accounts must do. The host has root alone, and an empty /home. */
export function accountsContract(name: string, createHost: () => Promise<Pick<Host, "accounts" | "files">>): void {
  describe(`${name} accounts`, () => {
    it("know root", async () => {
      const { accounts } = await createHost();
      expect(userNamed(await accounts.read(), "root")).toMatchObject({ uid: 0, gid: 0 });
    });

    it("add a group and a user who is in it", async () => {
      const { accounts } = await createHost();
      await accounts.addGroup({ name: "ada", gid: 7777 }, signal);
      await accounts.addUser(ada, signal);
      expect(userNamed(await accounts.read(), "ada")).toEqual(ada);
      expect(groupNamed(await accounts.read(), "ada")).toEqual({ name: "ada", gid: 7777, members: [] });
    });

    it("leave a user whom they added finished, and finishing it changes nothing", async () => {
      const { accounts } = await createHost();
      await accounts.addGroup({ name: "ada", gid: 7777 }, signal);
      await accounts.addUser(ada, signal);
      const book = await accounts.read();
      expect(book.unfinished).toEqual([]);
      await accounts.finishUser("ada", signal);
      expect(await accounts.read()).toEqual(book);
      await expect(accounts.finishUser("nobody-there", signal)).rejects.toMatchObject({ name: "CommandError" });
    });

    it("refuse a number that is taken", async () => {
      const { accounts } = await createHost();
      await accounts.addGroup({ name: "ada", gid: 7777 }, signal);
      await accounts.addUser(ada, signal);
      await expect(accounts.addGroup({ name: "eve", gid: 7777 }, signal)).rejects.toMatchObject({
        name: "CommandError",
      });
      await expect(accounts.addUser({ ...ada, name: "eve" }, signal)).rejects.toMatchObject({ name: "CommandError" });
    });

    it("add to a further group and keep the members that it has", async () => {
      const { accounts } = await createHost();
      await accounts.addGroup({ name: "ada", gid: 7777 }, signal);
      await accounts.addUser(ada, signal);
      await accounts.addUser({ ...ada, name: "bob", uid: 7778 }, signal);
      await accounts.addGroup({ name: "crew", gid: 7000 }, signal);
      await accounts.addToGroup("bob", "crew", signal);
      await accounts.addToGroup("ada", "crew", signal);
      await accounts.addToGroup("ada", "crew", signal);
      expect(groupNamed(await accounts.read(), "crew")?.members).toEqual(["bob", "ada"]);
      await expect(accounts.addToGroup("ada", "nobody-there", signal)).rejects.toMatchObject({ name: "CommandError" });
    });

    it("bring a change that began to its end, also when it is no longer wanted", async () => {
      const { accounts } = await createHost();
      const stop = new AbortController();
      const adding = accounts.addGroup({ name: "ada", gid: 7777 }, stop.signal);
      stop.abort();
      await adding;
      expect(groupNamed(await accounts.read(), "ada")).toMatchObject({ gid: 7777 });
    });

    it("change the shell", async () => {
      const { accounts } = await createHost();
      await accounts.addGroup({ name: "ada", gid: 7777 }, signal);
      await accounts.addUser(ada, signal);
      await accounts.setShell("ada", "/bin/bash", signal);
      expect(userNamed(await accounts.read(), "ada")).toEqual({ ...ada, shell: "/bin/bash" });
    });

    it("make a home once", async () => {
      const { accounts, files } = await createHost();
      await accounts.makeHome("/home/ada", { uid: 7777, gid: 7777, mode: 0o755 });
      expect(await files.stat("/home/ada")).toEqual({ type: "folder", uid: 7777, gid: 7777, mode: 0o755 });
      await expect(accounts.makeHome("/home/ada", { uid: 1, gid: 1, mode: 0o755 })).rejects.toMatchObject({
        name: "ConflictError",
      });
      await expect(accounts.makeHome("/absent/ada", { uid: 1, gid: 1, mode: 0o755 })).rejects.toMatchObject({
        code: "ENOENT",
      });
    });
  });
}
