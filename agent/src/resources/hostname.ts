import type { SpecOf } from "@cowherd/proto";
import type { Access, StoredFile } from "../host/files.ts";
import {
  applyCloudDropIn,
  type CloudDropIn,
  type CloudDropInChange,
  describeCloudDropIn,
  dropInPath,
  planCloudDropIn,
  readCloudDropIn,
} from "./cloud-drop-in.ts";
import type { Resource } from "./resource.ts";
import { guard, isNodeName } from "./spec-guard.ts";

type Observed = {
  readonly running: string;
  readonly stored: StoredFile | undefined;
  readonly cloud: CloudDropIn;
};

type Change =
  | { readonly action: "write"; readonly path: string; readonly content: string; readonly access: Access }
  | { readonly action: "set-running"; readonly name: string }
  | CloudDropInChange;

const hostnamePath = "/etc/hostname";
const cloudPath = dropInPath("99-cowherd");
const defaultAccess: Access = { mode: 0o644, uid: 0, gid: 0 };

/** cloud-init would bring back the name, and its own /etc/hosts, at the next boot (cc_set_hostname, cc_update_etc_hosts). */
const dropIn = "# Managed by Cowherd; edits are replaced.\npreserve_hostname: true\nmanage_etc_hosts: false\n";

/** The name in /etc/hostname (hostname(5)) and in the kernel. */
export const hostnameResource: Resource<SpecOf<"hostname">, Observed, Change> = {
  async read(_spec, host) {
    return {
      running: await host.runningHostname.get(),
      stored: await host.files.read(hostnamePath),
      cloud: await readCloudDropIn(cloudPath, host),
    };
  },

  plan({ name }, { running, stored, cloud }) {
    guard(isNodeName(name), () => `${JSON.stringify(name)} is not a hostname`);
    const changes: Change[] = [...planCloudDropIn(cloudPath, dropIn, cloud)];
    if (nameIn(stored) !== name) changes.push(...planText(hostnamePath, `${name}\n`, stored));
    if (running !== name) changes.push({ action: "set-running", name });
    return changes;
  },

  async apply(change, host, signal) {
    switch (change.action) {
      case "write":
        return host.files.replace(change.path, { ...change.access, content: Buffer.from(change.content) });
      case "make-folder":
      case "write-drop-in":
        return applyCloudDropIn(change, host);
      case "set-running":
        return host.runningHostname.set(change.name, signal);
    }
  },

  describe(change) {
    switch (change.action) {
      case "write":
        return `write ${change.path}`;
      case "make-folder":
      case "write-drop-in":
        return describeCloudDropIn(change);
      case "set-running":
        return `set the running hostname to ${change.name}`;
    }
  },

  watches: () => [hostnamePath, cloudPath],
};

function planText(path: string, content: string, stored: StoredFile | undefined): readonly Change[] {
  if (stored?.content.equals(Buffer.from(content))) return [];
  const { mode, uid, gid } = stored ?? defaultAccess;
  return [{ action: "write", path, content, access: { mode, uid, gid } }];
}

/** The first line that is no comment, as systemd reads it. */
function nameIn(stored: StoredFile | undefined): string | undefined {
  const lines = stored?.content.toString("latin1").split("\n") ?? [];
  return lines.map((line) => line.trim()).find((line) => line !== "" && !line.startsWith("#"));
}
