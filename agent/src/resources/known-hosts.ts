import type { SpecOf } from "@cowherd/proto";
import type { StoredFile } from "../host/files.ts";
import { withBlock } from "./managed-block.ts";
import { applyOwned, describeOwned, type Ids, idsOf, type OwnedChange, planFile } from "./owned-file.ts";
import type { Resource } from "./resource.ts";
import { guard, isAddress, isNodeName, isPublicKey } from "./spec-guard.ts";

type Observed = { readonly stored: StoredFile | undefined; readonly ids: Ids | undefined };

const path = "/etc/ssh/ssh_known_hosts";
const mode = 0o644;
const owner = { user: "root" };

/** The host keys of all nodes in the system's known hosts (sshd(8)), for every user of the machine. */
export const knownHostsResource: Resource<SpecOf<"knownHosts">, Observed, OwnedChange> = {
  async read(_spec, host) {
    return { stored: await host.files.read(path), ids: await idsOf(owner, host) };
  },

  plan({ hosts }, observed) {
    const lines = hosts.flatMap(({ names, keys }) => {
      for (const name of names)
        guard(isNodeName(name) || isAddress(name), () => `${JSON.stringify(name)} is neither a name nor an address`);
      for (const key of keys) guard(isPublicKey(key), () => `${JSON.stringify(key)} is not a host key`);
      return names.length === 0 ? [] : keys.map((key) => `${names.join(",")} ${key}`);
    });
    const text = withBlock(observed.stored?.content.toString("latin1") ?? "", lines, "last");
    if (observed.stored === undefined && text === "") return [];
    return planFile({ path, content: Buffer.from(text, "latin1"), mode, owner }, observed);
  },

  apply: applyOwned,

  describe: describeOwned,

  watches: () => [path],
};
