import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { keyMakerContract } from "../key-maker.contract.ts";
import { createLinuxKeyMaker } from "./key-maker.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

describe.runIf(existsSync("/usr/bin/ssh-keygen"))("with ssh-keygen", () => {
  keyMakerContract("linux", async () => createLinuxKeyMaker(await makeTemporaryFolder("keys")));

  it("leaves no key behind, not even one that a killed agent left", async () => {
    const scratch = await makeTemporaryFolder("keys");
    await mkdir(`${scratch}/cowherd-key`);
    await writeFile(`${scratch}/cowherd-key/key`, "secret\n");
    await createLinuxKeyMaker(scratch).make("ada@vm1", new AbortController().signal);
    expect(await readdir(scratch)).toEqual([]);
  });
});
