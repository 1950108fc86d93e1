import type { ResourceSpec } from "@cowherd/proto";
import { converge } from "../../agent/src/converge.ts";
import type { Files } from "../../agent/src/host/files.ts";
import { createMemoryHost } from "../../agent/src/host/memory-host.ts";

/** Who owns what a test writes: nobody but root could give it away. */
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

/** Folders that stand before Cowherd does. */
export const primaryFolders = ["/home/mpihpc", "/var/lib"] as const;

/**
 * Brings the hostfile of a primary's resources to its disk, as its agent does. `files` are all
 * that is real of the machine. Resolves with why it did not come about, or undefined where it did.
 */
export async function writeHostfile(
  resources: readonly ResourceSpec[],
  files: Files,
  signal: AbortSignal,
): Promise<string | undefined> {
  const user = { name: "mpihpc", ...own, home: "/home/mpihpc", shell: "/bin/bash" };
  const host = createMemoryHost({ users: [user], groups: [{ name: "mpihpc", gid: own.gid, members: [] }] });
  const hostfile = resources.flatMap((resource) =>
    resource.kind === "hostfile" ? [{ ...resource, requires: [] }] : [],
  );
  const [outcome] = await converge(hostfile, { ...host, files }, "apply", signal);
  return outcome?.end === "failed" ? outcome.reason : undefined;
}
