import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { createMemoryKeyMaker } from "../host/memory-key-maker.ts";
import { resourceContract } from "./resource.contract.ts";
import { sshKeyResource } from "./ssh-key.ts";

const signal = new AbortController().signal;
const folder = "/home/ada/.ssh";
const path = `${folder}/id_ed25519`;
const spec = { id: "ssh-key", requires: [], kind: "sshKey", user: "ada", path } as const;
const ada = { uid: 7777, gid: 7777 };
const base = { users: [{ name: "ada", ...ada, home: "/home/ada", shell: "/bin/sh" }], hostname: "vm1" };
const folders = { "/home/ada": { mode: 0o755, ...ada }, [folder]: { mode: 0o700, ...ada } };
const { privateKey, publicKey } = await createMemoryKeyMaker().make("ada@laptop", signal);

const holding = (privateText: string | undefined, publicText: string | undefined, mode = 0o600, owner = ada) =>
  createMemoryHost({
    ...base,
    folders,
    files: {
      ...(privateText !== undefined && { [path]: { content: Buffer.from(privateText), mode, ...owner } }),
      ...(publicText !== undefined && { [`${path}.pub`]: { content: Buffer.from(publicText), mode: 0o644, ...ada } }),
    },
  });
const theirKey = async (host: ReturnType<typeof holding>) => (await host.files.read(path))?.content;

describe("ssh key", () => {
  resourceContract(sshKeyResource, {
    "makes a pair and its folder": {
      spec,
      host: () => createMemoryHost({ ...base, folders: { "/home/ada": { mode: 0o755, ...ada } } }),
    },
    "replaces a public key whose private one went": { spec, host: () => holding(undefined, publicKey) },
    "derives a public key that is missing": { spec, host: () => holding(privateKey, undefined), foreign: theirKey },
    "derives a public key that is of another pair": {
      spec,
      host: () => holding(privateKey, "ssh-ed25519 AAAAC3Nz other\n"),
      foreign: theirKey,
    },
    "mends the mode": { spec, host: () => holding(privateKey, publicKey, 0o644), foreign: theirKey },
    "mends the owner": {
      spec,
      host: () => holding(privateKey, publicKey, 0o600, { uid: 0, gid: 0 }),
      foreign: theirKey,
    },
  });

  it("writes the public key with the user and the machine as its comment", async () => {
    const host = createMemoryHost({ ...base, folders });
    for (const change of sshKeyResource.plan(spec, await sshKeyResource.read(spec, host, signal))) {
      await sshKeyResource.apply(change, host, signal);
    }
    expect(await host.files.read(path)).toMatchObject({ mode: 0o600, ...ada });
    expect(await host.files.read(`${path}.pub`)).toMatchObject({ mode: 0o644, ...ada });
    expect((await host.files.read(`${path}.pub`))?.content.toString()).toMatch(/^ssh-ed25519 \S+ ada@vm1\n$/);
  });

  it("keeps a key of the user's own, also in an older form", async () => {
    const pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIC\n-----END RSA PRIVATE KEY-----\n";
    const host = holding(pem, "ssh-rsa AAAAB3Nz ada@laptop\n");
    expect(sshKeyResource.plan(spec, await sshKeyResource.read(spec, host, signal))).toEqual([]);
  });

  it.each([
    ["something that is no key", "notes\n", `${path} is not a private key`],
    [
      "a key with a passphrase",
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
      "passphrase",
    ],
  ])("does not touch %s", async (_what, text, reason) => {
    const observed = await sshKeyResource.read(spec, holding(text, undefined), signal);
    expect(() => sshKeyResource.plan(spec, observed)).toThrow(reason);
  });
});
