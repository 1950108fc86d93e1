import { posix } from "node:path";
import type { SpecOf } from "@cowherd/proto";
import type { Standing, StoredFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { applyOwned, describeOwned, type Ids, idsOf, type OwnedChange, planFile, planFolder } from "./owned-file.ts";
import { type PrivateKey, parsePrivateKey, withoutComment } from "./private-key.ts";
import { ConflictError, type Resource } from "./resource.ts";
import { isPublicKey } from "./spec-guard.ts";

type Observed = {
  readonly folder: Standing | undefined;
  readonly privateFile: StoredFile | undefined;
  readonly publicFile: StoredFile | undefined;
  readonly ids: Ids | undefined;
};

type Change =
  | OwnedChange
  | { readonly action: "make-pair"; readonly path: string; readonly user: string }
  | { readonly action: "derive-public"; readonly path: string; readonly user: string };

const privateMode = 0o600;
const publicMode = 0o644;

/** A user's own key pair, made on this machine. A key that is there and works without a passphrase is kept, whatever its type. */
export const sshKeyResource: Resource<SpecOf<"sshKey">, Observed, Change> = {
  async read({ user, path }, host) {
    return {
      folder: await host.files.stat(posix.dirname(path)),
      privateFile: await host.files.read(path),
      publicFile: await host.files.read(`${path}.pub`),
      ids: await idsOf({ user }, host),
    };
  },

  plan({ user, path }, { folder, privateFile, publicFile, ids }) {
    const owner = { user };
    const folderChanges = planFolder({ path: posix.dirname(path), mode: 0o700, owner }, { standing: folder, ids });
    if (privateFile === undefined) return [...folderChanges, { action: "make-pair", path, user }];
    const key = parsePrivateKey(privateFile.content.toString("latin1"));
    if (key === undefined) throw new ConflictError(`${path} is not a private key`);
    if (key.hasPassphrase) throw new ConflictError(`${path} asks for a passphrase, which nobody can type for a rank`);
    return [
      ...folderChanges,
      ...planFile({ path, content: privateFile.content, mode: privateMode, owner }, { stored: privateFile, ids }),
      ...(publicFile !== undefined && belongsTo(key, publicFile)
        ? planFile(
            { path: `${path}.pub`, content: publicFile.content, mode: publicMode, owner },
            { stored: publicFile, ids },
          )
        : [{ action: "derive-public" as const, path, user }]),
    ];
  },

  async apply(change, host, signal) {
    switch (change.action) {
      case "make-pair":
        return makePair(change.path, change.user, host, signal);
      case "derive-public":
        return derivePublic(change.path, change.user, host, signal);
      case "write":
      case "make-folder":
      case "set-access":
        return applyOwned(change, host);
    }
  },

  describe(change) {
    switch (change.action) {
      case "make-pair":
        return `make key pair ${change.path}`;
      case "derive-public":
        return `derive ${change.path}.pub`;
      case "write":
      case "make-folder":
      case "set-access":
        return describeOwned(change);
    }
  },

  watches: ({ path }) => [path, `${path}.pub`],
};

function belongsTo(key: PrivateKey, publicFile: StoredFile): boolean {
  const text = publicFile.content.toString("latin1").trim();
  const publicKey = withoutComment(text);
  return isPublicKey(publicKey) && !text.includes("\n") && (key.form === "pem" || key.publicKey === publicKey);
}

/** The public key last: a kill between the two leaves a private key, from which it is derived. */
async function makePair(path: string, user: string, host: Host, signal: AbortSignal): Promise<void> {
  if ((await host.files.stat(path)) !== undefined) return; // someone was quicker, and their key is theirs
  const { privateKey, publicKey } = await host.keyMaker.make(await commentOf(user, host), signal);
  await write(path, privateKey, privateMode, user, host);
  await write(`${path}.pub`, `${publicKey}\n`, publicMode, user, host);
}

async function derivePublic(path: string, user: string, host: Host, signal: AbortSignal): Promise<void> {
  const stored = await host.files.read(path);
  const ids = await idsOf({ user }, host);
  const publicKey = stored && ids && (await host.keyMaker.derive(stored.content, ids, signal));
  if (publicKey === undefined) throw new ConflictError(`${path} is not a private key that works without a passphrase`);
  await write(`${path}.pub`, `${publicKey} ${await commentOf(user, host)}\n`, publicMode, user, host);
}

function write(path: string, content: string, mode: number, user: string, host: Host): Promise<void> {
  return applyOwned({ action: "write", path, content: Buffer.from(content), mode, owner: { user } }, host);
}

async function commentOf(user: string, host: Host): Promise<string> {
  return `${user}@${await host.runningHostname.get()}`;
}
