import { createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { createKeyPair } from "../link/certificate-request.ts";
import { resourceContract } from "./resource.contract.ts";
import { ConflictError } from "./resource.ts";
import { formatSigningRequest, parseSigningRequest } from "./signing-request.ts";
import { RefusedSpecError } from "./spec-guard.ts";
import { tlsKeyResource } from "./tls-key.ts";

const signal = new AbortController().signal;
const path = "/etc/cowherd/nats/server.key";
const spec = { id: "events-key", requires: [], kind: "tlsKey", path, group: "cowherd-nats" } as const;
const pem = createKeyPair().privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const base = {
  groups: [{ name: "cowherd-nats", gid: 990, members: [] }],
  folders: { "/etc/cowherd/nats": { mode: 0o750, uid: 0, gid: 990 } },
};
const holding = (key: string, request?: string, mode = 0o640) =>
  createMemoryHost({
    ...base,
    files: {
      [path]: { content: Buffer.from(key), mode, uid: 0, gid: 990 },
      ...(request !== undefined && { [`${path}.csr`]: request }),
    },
  });
const keyOf = async (host: ReturnType<typeof holding>) => (await host.files.read(path))?.content;

describe("TLS key", () => {
  resourceContract(tlsKeyResource, {
    "makes a key and its request": { spec, host: () => createMemoryHost(base) },
    "makes a request that is missing, of the key that is there": { spec, host: () => holding(pem), foreign: keyOf },
    "replaces a request that is of another key": {
      spec,
      host: () => holding(pem, formatSigningRequest(Buffer.from("of another key"))),
      foreign: keyOf,
    },
    "replaces a request that is torn": { spec, host: () => holding(pem, "-----BEGIN CERT"), foreign: keyOf },
    "mends the mode": { spec, host: () => holding(pem, undefined, 0o644), foreign: keyOf },
  });

  it("lets its group alone read the key, and the request hold the public half of it", async () => {
    const host = createMemoryHost(base);
    for (const change of tlsKeyResource.plan(spec, await tlsKeyResource.read(spec, host, signal))) {
      await tlsKeyResource.apply(change, host, signal);
    }
    const key = await host.files.read(path);
    expect(key).toMatchObject({ mode: 0o640, uid: 0, gid: 990 });
    const request = parseSigningRequest((await host.files.read(`${path}.csr`))?.content.toString() ?? "");
    const publicKey = createPublicKey(key?.content ?? "").export({ type: "spki", format: "der" });
    expect(request?.includes(publicKey)).toBe(true);
  });

  it("replaces no file that is no key", async () => {
    const observed = await tlsKeyResource.read(spec, holding("my notes"), signal);
    expect(() => tlsKeyResource.plan(spec, observed)).toThrow(ConflictError);
  });

  it.each(["relative", "/etc/../shadow", "/etc/a b"])("refuses the place %j", async (bad) => {
    await expect(tlsKeyResource.read({ ...spec, path: bad }, createMemoryHost(base), signal)).rejects.toThrow(
      RefusedSpecError,
    );
  });
});
