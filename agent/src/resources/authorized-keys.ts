import { posix } from "node:path";
import type { SpecOf } from "@cowherd/proto";
import type { Standing, StoredFile } from "../host/files.ts";
import { withBlock } from "./managed-block.ts";
import { applyOwned, describeOwned, type Ids, idsOf, type OwnedChange, planFile, planFolder } from "./owned-file.ts";
import type { Resource } from "./resource.ts";
import { guard, isPublicKey } from "./spec-guard.ts";

type Observed = {
  readonly folder: Standing | undefined;
  readonly stored: StoredFile | undefined;
  readonly ids: Ids | undefined;
};

/** The nodes' user keys in a user's authorized keys. sshd's StrictModes passes over a file that others may write, so owner and modes are mended too. */
export const authorizedKeysResource: Resource<SpecOf<"authorizedKeys">, Observed, OwnedChange> = {
  async read({ user, path }, host) {
    return {
      folder: await host.files.stat(posix.dirname(path)),
      stored: await host.files.read(path),
      ids: await idsOf({ user }, host),
    };
  },

  plan({ user, path, keys }, { folder, stored, ids }) {
    for (const key of keys) guard(isPublicKey(key), () => `${JSON.stringify(key)} is not a public key`);
    const owner = { user };
    const content = Buffer.from(withBlock(stored?.content.toString("latin1") ?? "", keys, "last"), "latin1");
    return [
      ...planFolder({ path: posix.dirname(path), mode: 0o700, owner }, { standing: folder, ids }),
      ...planFile({ path, content, mode: 0o600, owner }, { stored, ids }),
    ];
  },

  apply: applyOwned,

  describe: describeOwned,

  watches: ({ path }) => [path],
};
