import { hostfileMark, type SpecOf } from "@cowherd/proto";
import type { StoredFile } from "../host/files.ts";
import { ConflictError, type Resource } from "./resource.ts";
import { guard, isPlainPath } from "./spec-guard.ts";

/** The hostfiles of Cowherd's that still lie where none should. */
type Observed = readonly string[];

type Removal = { readonly path: string };

/**
 * Hostfiles that nobody asks for any more: a launcher that is given one would start ranks on
 * nodes that left. Only what Cowherd wrote is taken away, by its first line; what somebody
 * else put there since, a link or a folder included, is theirs.
 */
export const staleHostfilesResource: Resource<SpecOf<"staleHostfiles">, Observed, Removal> = {
  async read({ paths }, { files }) {
    const stale: string[] = [];
    for (const path of paths) if (isOurs(await readIfFile(path, files.read))) stale.push(path);
    return stale;
  },

  plan({ paths }, stale) {
    for (const path of paths) guard(isPlainPath(path), () => `${JSON.stringify(path)} is no place of a hostfile`);
    return stale.map((path) => ({ path }));
  },

  apply: ({ path }, { files }) => files.remove(path),

  describe: ({ path }) => `remove ${path}`,

  watches: ({ paths }) => paths,
};

function isOurs(stored: StoredFile | undefined): boolean {
  return stored?.content.toString("latin1").startsWith(hostfileMark) === true;
}

/** What is no plain file, or is behind somebody's link, is not ours. */
async function readIfFile(
  path: string,
  read: (path: string) => Promise<StoredFile | undefined>,
): Promise<StoredFile | undefined> {
  try {
    return await read(path);
  } catch (error) {
    if (error instanceof ConflictError) return undefined;
    throw error;
  }
}
