import { chmod, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { makeHome } from "./home.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const access = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, mode: 0o755 };
const stale = ".ada.cowherd-01234567-89ab-cdef-0123-456789abcdef";

/** A root folder with a half home that a killed agent left. */
async function makeRoot(): Promise<string> {
  const root = await makeTemporaryFolder("home");
  await mkdir(`${root}/home/${stale}/.config/deep`, { recursive: true });
  await mkdir(`${root}/etc`);
  await writeFile(`${root}/etc/shadow`, "secret\n");
  await writeFile(`${root}/home/${stale}/.config/deep/rc`, "x");
  await symlink(`${root}/etc`, `${root}/home/${stale}/.config/link`);
  return root;
}

describe.runIf(process.platform === "linux")("a home", () => {
  it("leaves nothing of a half one, and what that one links to stays", async () => {
    const root = await makeRoot();
    await makeHome(root, "/home/ada", access);
    expect(await readdir(`${root}/home`)).toEqual(["ada"]);
    expect(await readdir(`${root}/etc`)).toEqual(["shadow"]);
  });

  it("leaves alone what looks like a half one where others may write", async () => {
    const root = await makeRoot();
    await chmod(`${root}/home`, 0o777);
    await makeHome(root, "/home/ada", access);
    expect((await readdir(`${root}/home`)).sort()).toEqual([stale, "ada"]);
  });
});
