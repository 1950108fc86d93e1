import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import type { SpecOf } from "@cowherd/proto";
import type { StoredFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { createKeyPair, createRequest } from "../link/certificate-request.ts";
import { applyOwned, describeOwned, type Ids, idsOf, type OwnedChange, planFile } from "./owned-file.ts";
import { ConflictError, type Resource } from "./resource.ts";
import { formatSigningRequest, parseSigningRequest, signingRequestPath } from "./signing-request.ts";
import { guard, isBarePath, isUserName } from "./spec-guard.ts";

type Spec = SpecOf<"tlsKey">;

type Observed = {
  readonly key: StoredFile | undefined;
  readonly request: StoredFile | undefined;
  readonly ids: Ids | undefined;
};

type Change = OwnedChange | { readonly action: "make-key" | "make-request"; readonly spec: Spec };

/** A TLS key that was made here and stays here, with the request for its certificate beside it. A key that is there is kept. */
export const tlsKeyResource: Resource<Spec, Observed, Change> = {
  async read({ path, group }, host) {
    guard(isBarePath(path), () => `${JSON.stringify(path)} is no place for a key`);
    guard(isUserName(group), () => `${JSON.stringify(group)} is not a group`);
    return {
      key: await host.files.read(path),
      request: await host.files.read(signingRequestPath(path)),
      ids: await idsOf({ user: "root", group }, host),
    };
  },

  plan(spec, { key: stored, request, ids }) {
    if (stored === undefined) return [{ action: "make-key", spec }];
    const { path, group } = spec;
    const key = parseKey(stored.content);
    if (key === undefined) throw new ConflictError(`${path} is not a private key`);
    const owner = { user: "root", group };
    return [
      ...planFile({ path, content: stored.content, mode: 0o640, owner }, { stored, ids }),
      ...(request !== undefined && isOf(key, request) ? [] : [{ action: "make-request" as const, spec }]),
    ];
  },

  async apply(change, host) {
    switch (change.action) {
      case "make-key":
        await makeKey(change.spec, host);
        return makeRequest(change.spec, host);
      case "make-request":
        return makeRequest(change.spec, host);
      case "write":
      case "make-folder":
      case "set-access":
        return applyOwned(change, host);
    }
  },

  describe(change) {
    switch (change.action) {
      case "make-key":
        return `make key ${change.spec.path}`;
      case "make-request":
        return `make ${signingRequestPath(change.spec.path)}`;
      case "write":
      case "make-folder":
      case "set-access":
        return describeOwned(change);
    }
  },

  watches: ({ path }) => [path, signingRequestPath(path)],
};

async function makeKey({ path, group }: Spec, host: Host): Promise<void> {
  if ((await host.files.stat(path)) !== undefined) return; // an earlier try came as far as this
  const content = Buffer.from(createKeyPair().privateKey.export({ type: "pkcs8", format: "pem" }));
  return applyOwned({ action: "write", path, content, mode: 0o640, owner: { user: "root", group } }, host);
}

/** Its signature is another one each time, so it is made once and kept: a fact that changed would be told anew. */
async function makeRequest({ path }: Spec, host: Host): Promise<void> {
  const privateKey = parseKey((await host.files.read(path))?.content ?? Buffer.alloc(0));
  if (privateKey === undefined) throw new ConflictError(`${path} is not a private key`);
  const request = createRequest({ privateKey, publicKey: createPublicKey(privateKey) });
  const owner = { user: "root", group: "root" };
  const content = Buffer.from(formatSigningRequest(request));
  return applyOwned({ action: "write", path: signingRequestPath(path), content, mode: 0o644, owner }, host);
}

/** A request holds the public key in the form in which the key tells it. */
function isOf(key: KeyObject, { content }: StoredFile): boolean {
  const publicKey = createPublicKey(key).export({ type: "spki", format: "der" });
  return parseSigningRequest(content.toString("latin1"))?.includes(publicKey) === true;
}

/** A P-256 key, which alone this agent can make a request for. */
function parseKey(pem: Buffer): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyDetails?.namedCurve === "prime256v1" ? key : undefined;
  } catch {
    return undefined; // what is no key is somebody else's file
  }
}
