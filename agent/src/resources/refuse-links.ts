import type { Files } from "../host/files.ts";
import { ConflictError } from "./resource.ts";

/**
 * Rejects with ConflictError where a symbolic link is at `path` or on the way to it. Follows
 * none, and looks no further than `last`, which is `path` or a folder on the way.
 *
 * The kernel's list of mounts, systemd's names of units and exportfs's table hold the path
 * behind the links: whoever looks there for this one finds nothing, and would take a mount
 * that lives for a plain folder.
 */
export async function refuseLinks(path: string, files: Files, last = path): Promise<void> {
  const link = await files.firstLink(last);
  if (link === undefined) return;
  throw new ConflictError(
    `${path} leads through the link ${link}: name the real path in cluster.yaml (shared.path, user.home)`,
  );
}
