import type { Access, Standing, StoredFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";

/** How a drop-in of cloud-init's settings stands. Undefined where there is no cloud-init. */
export type CloudDropIn =
  | { readonly folder: Standing | undefined; readonly stored: StoredFile | undefined }
  | undefined;

/** What a drop-in lacks. */
export type CloudDropInChange =
  | { readonly action: "make-folder"; readonly path: string }
  | { readonly action: "write-drop-in"; readonly path: string; readonly content: string; readonly access: Access };

const cloudPath = "/etc/cloud";

/** cloud-init reads *.cfg in it, in the order of their names, and after /etc/cloud/cloud.cfg. */
const dropInFolder = "/etc/cloud/cloud.cfg.d";

const defaultAccess: Access = { mode: 0o644, uid: 0, gid: 0 };

/** Returns the path of the drop-in of a name. */
export function dropInPath(name: string): string {
  return `${dropInFolder}/${name}.cfg`;
}

/** Reads how the drop-in stands. */
export async function readCloudDropIn(path: string, host: Host): Promise<CloudDropIn> {
  if ((await host.files.stat(cloudPath))?.type !== "folder") return undefined;
  return { folder: await host.files.stat(dropInFolder), stored: await host.files.read(path) };
}

/** Plans a drop-in. Nothing where there is no cloud-init. Pure. */
export function planCloudDropIn(path: string, content: string, observed: CloudDropIn): readonly CloudDropInChange[] {
  if (observed === undefined || observed.stored?.content.equals(Buffer.from(content))) return [];
  const { mode, uid, gid } = observed.stored ?? defaultAccess;
  const write = { action: "write-drop-in", path, content, access: { mode, uid, gid } } as const;
  return observed.folder === undefined ? [{ action: "make-folder", path: dropInFolder }, write] : [write];
}

/** Makes one change. */
export function applyCloudDropIn(change: CloudDropInChange, host: Host): Promise<void> {
  switch (change.action) {
    case "make-folder":
      return host.files.makeFolder(change.path, { ...defaultAccess, mode: 0o755 });
    case "write-drop-in":
      return host.files.replace(change.path, { ...change.access, content: Buffer.from(change.content) });
  }
}

/** Names one change for people. */
export function describeCloudDropIn(change: CloudDropInChange): string {
  return change.action === "make-folder" ? `make folder ${change.path}` : `write ${change.path}`;
}
