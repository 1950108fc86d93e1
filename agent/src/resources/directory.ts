import type { SpecOf } from "@cowherd/proto";
import type { Standing } from "../host/files.ts";
import { applyOwned, describeOwned, type Ids, idsOf, type OwnedChange, planFolder } from "./owned-file.ts";
import type { Resource } from "./resource.ts";

type Observed = { readonly standing: Standing | undefined; readonly ids: Ids | undefined };

/** A folder with its owner and mode. What lies in it is nobody's business here. */
export const directoryResource: Resource<SpecOf<"directory">, Observed, OwnedChange> = {
  async read({ path, owner, group }, host) {
    return { standing: await host.files.stat(path), ids: await idsOf({ user: owner, group }, host) };
  },

  plan({ path, owner, group, mode }, observed) {
    return planFolder({ path, mode, owner: { user: owner, group } }, observed);
  },

  apply: applyOwned,

  describe: describeOwned,

  watches: ({ path }) => [path],
};
