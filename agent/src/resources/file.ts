import type { SpecOf } from "@cowherd/proto";
import type { StoredFile } from "../host/files.ts";
import { applyOwned, describeOwned, type Ids, idsOf, type OwnedChange, planFile } from "./owned-file.ts";
import type { Resource } from "./resource.ts";

type Observed = { readonly stored: StoredFile | undefined; readonly ids: Ids | undefined };

/** A whole file with its owner and mode. Its folder must be there. */
export const fileResource: Resource<SpecOf<"file">, Observed, OwnedChange> = {
  async read({ path, owner, group }, host) {
    return { stored: await host.files.read(path), ids: await idsOf({ user: owner, group }, host) };
  },

  plan({ path, content, owner, group, mode }, observed) {
    return planFile({ path, content: Buffer.from(content), mode, owner: { user: owner, group } }, observed);
  },

  apply: applyOwned,

  describe: describeOwned,

  watches: ({ path }) => [path],
};
