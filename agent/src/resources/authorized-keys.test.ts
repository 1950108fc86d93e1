import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { authorizedKeysResource } from "./authorized-keys.ts";
import { resourceContract } from "./resource.contract.ts";

const signal = new AbortController().signal;
const folder = "/home/ada/.ssh";
const path = `${folder}/authorized_keys`;
const keys = ["ssh-ed25519 AAAAC3Nz ada@primary", "ssh-ed25519 AAAAC3Ny ada@secondary1"];
const spec = { id: "authorized-keys", requires: [], kind: "authorizedKeys", user: "ada", path, keys } as const;
const block = `# BEGIN COWHERD\n${keys.join("\n")}\n# END COWHERD\n`;
const ada = { uid: 7777, gid: 7777 };
const base = { users: [{ name: "ada", ...ada, home: "/home/ada", shell: "/bin/sh" }] };
const home = { "/home/ada": { mode: 0o755, ...ada } };
const theirs = 'from="10.0.0.1" ssh-rsa AAAAB3 ada@laptop\n';
const holding = (text: string, mode = 0o600, owner = ada) =>
  createMemoryHost({
    ...base,
    folders: { ...home, [folder]: { mode: 0o700, ...ada } },
    files: { [path]: { content: Buffer.from(text), mode, ...owner } },
  });

describe("authorized keys", () => {
  resourceContract(authorizedKeysResource, {
    "makes the folder and the file": { spec, host: () => createMemoryHost({ ...base, folders: home }) },
    "adds the block": { spec, host: () => holding(theirs) },
    "S2: takes out the keys of a node that went": {
      spec: { ...spec, keys: keys.slice(0, 1) },
      host: () => holding(block),
    },
    "S3: mends the file's mode": { spec, host: () => holding(block, 0o664) },
    "S3: mends the file's owner": { spec, host: () => holding(block, 0o600, { uid: 0, gid: 0 }) },
    "S3: mends the folder's mode": {
      spec,
      host: () => createMemoryHost({ ...base, folders: { ...home, [folder]: { mode: 0o775, ...ada } } }),
    },
  });

  it("keeps the user's own keys", async () => {
    const host = holding(theirs);
    for (const change of authorizedKeysResource.plan(spec, await authorizedKeysResource.read(spec, host, signal))) {
      await authorizedKeysResource.apply(change, host, signal);
    }
    expect((await host.files.read(path))?.content.toString()).toBe(theirs + block);
  });

  it("can be planned before the user is there, and says so when applied", async () => {
    const host = createMemoryHost({ folders: home });
    const [change] = authorizedKeysResource.plan(spec, await authorizedKeysResource.read(spec, host, signal));
    await expect(change && authorizedKeysResource.apply(change, host, signal)).rejects.toThrow("no such owner, ada");
  });

  it("refuses a key with options or a second line", () => {
    for (const key of ['command="rm" ssh-ed25519 AAAA', "ssh-ed25519 AAAA x\nssh-ed25519 BBBB"]) {
      expect(() =>
        authorizedKeysResource.plan({ ...spec, keys: [key] }, { folder: undefined, stored: undefined, ids: ada }),
      ).toThrow("is not a public key");
    }
  });
});
