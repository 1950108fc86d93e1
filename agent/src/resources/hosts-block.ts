import type { SpecOf } from "@cowherd/proto";
import type { StoredFile } from "../host/files.ts";
import { withoutLoopbackName } from "./loopback-lines.ts";
import { foreignText, withBlock } from "./managed-block.ts";
import type { Resource } from "./resource.ts";
import { guard, isAddress, isNodeName } from "./spec-guard.ts";

type Change = { readonly file: StoredFile };

const path = "/etc/hosts";

/**
 * Every node's name and cluster address in /etc/hosts (hosts(5)).
 *
 * The block stands first, since the first line that has a name answers for it: a line that
 * someone wrote by hand is kept and cannot lead ranks elsewhere.
 */
export const hostsBlockResource: Resource<SpecOf<"hostsBlock">, StoredFile | undefined, Change> = {
  read: (_spec, host) => host.files.read(path),

  plan({ entries, ownName }, stored) {
    for (const { name, address } of entries) {
      guard(isNodeName(name), () => `${JSON.stringify(name)} is not a node's name`);
      guard(isAddress(address), () => `${JSON.stringify(address)} is not an address`);
    }
    const lines = entries.map(({ name, address }) => `${address} ${name}`);
    const before = stored?.content.toString("latin1") ?? "";
    const after = withBlock(withoutLoopbackName(foreignText(before, lines), ownName), lines, "first");
    if (after === before) return [];
    const { mode, uid, gid } = stored ?? { mode: 0o644, uid: 0, gid: 0 };
    return [{ file: { content: Buffer.from(after, "latin1"), mode, uid, gid } }];
  },

  apply: ({ file }, host) => host.files.replace(path, file),

  describe: () => `write ${path}`,

  watches: () => [path],
};
