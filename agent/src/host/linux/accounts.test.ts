import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { accountsContract } from "../accounts.contract.ts";
import { createLinuxAccounts } from "./accounts.ts";
import { createLinuxFiles } from "./files.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

/** A root folder with the account files of a machine that has root alone. */
async function makeRoot(): Promise<string> {
  const root = await makeTemporaryFolder("accounts");
  for (const folder of ["/etc", "/etc/skel", "/home"]) await mkdir(root + folder);
  await writeFile(`${root}/etc/passwd`, "root:x:0:0:root:/root:/bin/bash\n");
  await writeFile(`${root}/etc/group`, "root:x:0:\n");
  await writeFile(`${root}/etc/shadow`, "root:*:19000:0:99999:7:::\n", { mode: 0o600 });
  await writeFile(`${root}/etc/gshadow`, "root:*::\n", { mode: 0o600 });
  return root;
}

const canAddUsers = process.getuid?.() === 0 && existsSync("/usr/sbin/useradd");

describe.runIf(canAddUsers)("as root, with the shadow tools", () => {
  accountsContract("linux", async () => {
    const root = await makeRoot();
    return { accounts: createLinuxAccounts(root), files: createLinuxFiles(root) };
  });

  it("begin no change that is no longer wanted", async () => {
    const accounts = createLinuxAccounts(await makeRoot());
    const adding = accounts.addGroup({ name: "ada", gid: 7777 }, AbortSignal.abort());
    await expect(adding).rejects.toMatchObject({ name: "AbortError" });
    expect((await accounts.read()).groups.map(({ name }) => name)).toEqual(["root"]);
  });

  it("finish a user whom a power cut left without a line in the shadow file", async () => {
    const root = await makeRoot();
    await writeFile(`${root}/etc/passwd`, "root:x:0:0:root:/root:/bin/bash\nada:x:7777:7777::/home/ada:/bin/sh\n");
    const accounts = createLinuxAccounts(root);
    expect((await accounts.read()).unfinished).toEqual(["ada"]);
    await accounts.finishUser("ada", new AbortController().signal);
    expect((await accounts.read()).unfinished).toEqual([]);
    expect(await readFile(`${root}/etc/shadow`, "utf8")).toMatch(/^root:\*:.*\nada:x:/);
  });

  it("fills a home from the skeleton, links as links, all of it the user's", async () => {
    const root = await makeRoot();
    await mkdir(`${root}/etc/skel/.config`);
    await writeFile(`${root}/etc/skel/.config/rc`, "hello\n", { mode: 0o640 });
    await symlink("/etc/shadow", `${root}/etc/skel/link`);
    await createLinuxAccounts(root).makeHome("/home/ada", { uid: 7777, gid: 7777, mode: 0o755 });
    const files = createLinuxFiles(root);
    expect(await files.read("/home/ada/.config/rc")).toEqual({
      content: Buffer.from("hello\n"),
      mode: 0o640,
      uid: 7777,
      gid: 7777,
    });
    expect(await files.stat("/home/ada/.config")).toMatchObject({ uid: 7777, gid: 7777 });
    await expect(files.read("/home/ada/link")).rejects.toMatchObject({ name: "ConflictError" });
    expect(await readFile(`${root}/etc/shadow`, "utf8")).toContain("root:*:");
  });
});
