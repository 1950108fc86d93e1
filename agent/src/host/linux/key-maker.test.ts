import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { keyMakerContract } from "../key-maker.contract.ts";
import { createLinuxKeyMaker } from "./key-maker.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

describe.runIf(existsSync("/usr/bin/ssh-keygen"))("with ssh-keygen", () => {
  keyMakerContract("linux", () => createLinuxKeyMaker(tmpdir()));

  it("leaves no key behind", async () => {
    const scratch = await makeTemporaryFolder("keys");
    await createLinuxKeyMaker(scratch).make("ada@vm1", new AbortController().signal);
    expect(await readdir(scratch)).toEqual([]);
  });
});
