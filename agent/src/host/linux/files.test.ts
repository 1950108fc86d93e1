import { chmod, link, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { filesContract } from "../files.contract.ts";
import { createLinuxFiles } from "./files.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const file = (text: string) => ({ content: Buffer.from(text), mode: 0o600, ...own });

/** A root folder with an /etc that is trusted and a /home/eve that others may write. */
async function makeRoot(): Promise<string> {
  const root = await makeTemporaryFolder("files");
  for (const folder of ["/etc", "/home", "/home/eve"]) await mkdir(root + folder);
  await chmod(`${root}/home/eve`, 0o777);
  return root;
}

describe.runIf(process.platform === "linux")("on linux", () => {
  filesContract("linux", async () => createLinuxFiles(await makeRoot()), own);

  it("follows a link that only root could place, and keeps it", async () => {
    const root = await makeRoot();
    const files = createLinuxFiles(root);
    await mkdir(`${root}/etc/real`);
    await symlink("/etc/real", `${root}/etc/alias`);
    await symlink("../etc/real/target", `${root}/etc/motd`);
    await files.replace("/etc/real/target", file("one\n"));
    await files.replace("/etc/motd", file("two\n"));
    expect((await files.read("/etc/alias/target"))?.content.toString()).toBe("two\n");
    expect(await readdir(`${root}/etc/real`)).toEqual(["target"]);
  });

  it("names the first link on the way and follows none", async () => {
    const root = await makeRoot();
    const files = createLinuxFiles(root);
    await mkdir(`${root}/data`);
    await mkdir(`${root}/data/eve`);
    await symlink("/data", `${root}/link`);
    await symlink("/no/such/folder", `${root}/data/eve/dangling`);
    expect(await files.firstLink("/link/eve/dangling/x")).toBe("/link");
    expect(await files.firstLink("/data/eve/dangling")).toBe("/data/eve/dangling");
    expect(await files.firstLink("/data/eve/absent/x")).toBeUndefined();
    expect(await files.firstLink("/data/eve")).toBeUndefined();
    expect(await files.firstLink("/link-not")).toBeUndefined();
    await files.replace("/data/file", file("no folder"));
    await expect(files.firstLink("/data/file/x")).rejects.toMatchObject({ name: "FilesError", code: "ENOTDIR" });
  });

  it("refuses a link in a folder that others may write, whatever is asked", async () => {
    const root = await makeRoot();
    const files = createLinuxFiles(root);
    await writeFile(`${root}/etc/shadow`, "secret\n", { mode: 0o600 });
    await symlink("/etc/shadow", `${root}/home/eve/keys`);
    await symlink("/etc", `${root}/home/eve/.ssh`);
    const refusals = [
      () => files.read("/home/eve/keys"),
      () => files.stat("/home/eve/keys"),
      () => files.list("/home/eve/keys"),
      () => files.stamp("/home/eve/keys"),
      () => files.replace("/home/eve/keys", file("mine\n")),
      () => files.remove("/home/eve/keys"),
      () => files.setAccess("/home/eve/keys", { mode: 0o666, ...own }),
      () => files.makeFolder("/home/eve/keys", { mode: 0o777, ...own }),
    ];
    for (const refusal of refusals) await expect(refusal()).rejects.toThrow("/home/eve/keys is a symbolic link");
    await expect(files.replace("/home/eve/.ssh/shadow", file("mine\n"))).rejects.toMatchObject({
      name: "ConflictError",
      message: "/home/eve/.ssh/shadow leads through the symbolic link /home/eve/.ssh",
    });
    expect(await readFile(`${root}/etc/shadow`, "utf8")).toBe("secret\n");
  });

  it("trusts nothing below a folder that others may write", async () => {
    const root = await makeRoot();
    await mkdir(`${root}/home/eve/moved`);
    await symlink("/etc", `${root}/home/eve/moved/link`);
    await expect(createLinuxFiles(root).read("/home/eve/moved/link/shadow")).rejects.toMatchObject({
      name: "ConflictError",
    });
  });

  it("gives nobody a file that has a second name where others may write", async () => {
    const root = await makeRoot();
    await writeFile(`${root}/etc/shadow`, "secret\n");
    await link(`${root}/etc/shadow`, `${root}/home/eve/keys`);
    const access = createLinuxFiles(root).setAccess("/home/eve/keys", { mode: 0o666, ...own });
    await expect(access).rejects.toThrow("/home/eve/keys has a second name (hard link)");
  });

  it("gives up on links that go round", async () => {
    const root = await makeRoot();
    await symlink("/etc/b", `${root}/etc/a`);
    await symlink("/etc/a", `${root}/etc/b`);
    await expect(createLinuxFiles(root).read("/etc/a")).rejects.toMatchObject({ name: "FilesError", code: "ELOOP" });
  });

  it("leaves no draft, not even one that a killed agent left", async () => {
    const root = await makeRoot();
    const stale = ".motd.cowherd-01234567-89ab-cdef-0123-456789abcdef";
    for (const name of [stale, ".motd.cowherd-notes", ".motd"]) await writeFile(`${root}/etc/${name}`, "x");
    const files = createLinuxFiles(root);
    await files.replace("/etc/motd", file("hi\n"));
    expect((await readdir(`${root}/etc`)).sort()).toEqual([".motd", ".motd.cowherd-notes", "motd"]);
  });

  it("removes no folder that someone gave the name of a draft, and follows no such link", async () => {
    const root = await makeRoot();
    const planted = (digit: string) => `${root}/home/eve/.hosts.cowherd-${digit}1234567-89ab-cdef-0123-456789abcdef`;
    await mkdir(`${planted("0")}/deep`, { recursive: true });
    await writeFile(`${planted("0")}/deep/file`, "x");
    await symlink(`${root}/etc`, planted("1"));
    await writeFile(`${root}/etc/shadow`, "secret\n");
    const files = createLinuxFiles(root);
    await files.replace("/home/eve/hosts", file("hi\n"));
    expect((await files.read("/home/eve/hosts"))?.content.toString()).toBe("hi\n");
    expect(await readdir(planted("0"), { recursive: true })).toEqual(["deep", "deep/file"]);
    expect(await readdir(`${root}/home/eve`)).toHaveLength(2);
    expect(await readdir(`${root}/etc`)).toEqual(["shadow"]);
  });

  it("leaves the old file and no draft where writing goes wrong", async () => {
    const root = await makeRoot();
    const files = createLinuxFiles(root);
    await files.replace("/etc/motd", file("old\n"));
    const nobody = { ...file("new\n"), uid: -5 }; // refused by the system, after the draft was made
    await expect(files.replace("/etc/motd", nobody)).rejects.toThrow();
    expect(await readdir(`${root}/etc`)).toEqual(["motd"]);
    expect((await files.read("/etc/motd"))?.content.toString()).toBe("old\n");
  });

  it("shows a reader the old file or the new one, never half", async () => {
    const root = await makeRoot();
    const files = createLinuxFiles(root);
    const texts = ["a".repeat(300_000), "b".repeat(200_000)];
    await files.replace("/etc/motd", file("a".repeat(300_000)));
    let writing = true;
    const writer = (async () => {
      for (let round = 0; round < 20; round += 1) await files.replace("/etc/motd", file(texts[round % 2] ?? ""));
      writing = false;
    })();
    const seen = new Set<string>();
    while (writing) seen.add(await readFile(`${root}/etc/motd`, "utf8"));
    await writer;
    expect([...seen].filter((text) => !texts.includes(text))).toEqual([]);
  });

  it("names the path and the reason when the disk refuses", async () => {
    const root = await makeRoot();
    await writeFile(`${root}/etc/motd`, "");
    await expect(createLinuxFiles(root).read("/etc/motd/deep")).rejects.toThrow("read /etc/motd/deep: not a directory");
  });

  it("refuses to read more than 4 MiB", async () => {
    const root = await makeRoot();
    await writeFile(`${root}/etc/motd`, Buffer.alloc(4 * 1024 * 1024 + 1));
    await expect(createLinuxFiles(root).read("/etc/motd")).rejects.toThrow("/etc/motd is larger than 4 MiB");
  });
});
