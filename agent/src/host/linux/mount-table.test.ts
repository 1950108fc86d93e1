import { expect, it } from "vitest";
import { mountedAt, mountIdentityAt } from "./mount-table.ts";

const root = "24 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw";
const automount =
  "41 24 0:38 / /home/mpihpc/shared rw,relatime shared:20 - autofs systemd-1 rw,fd=48,pgrp=1,timeout=0,minproto=5,maxproto=5,direct,pipe_ino=1";
const nfs =
  "97 41 0:45 / /home/mpihpc/shared rw,nosuid,nodev,relatime shared:55 - nfs4 primary:/home/mpihpc/shared rw,vers=4.2,rsize=131072,clientaddr=192.168.56.11,local_lock=none,addr=192.168.56.10";

it.each([
  ["as they were mounted", [root, automount, nfs]],
  ["in another order", [nfs, automount, root]],
])("tells what lies over what, with lines %s", (_what, lines) => {
  expect(mountedAt(lines.join("\n"), "/home/mpihpc/shared")).toEqual([
    { type: "autofs", source: "systemd-1", serverAddress: undefined },
    { type: "nfs4", source: "primary:/home/mpihpc/shared", serverAddress: "192.168.56.10" },
  ]);
});

it("tells a mount from one that took its place", () => {
  const path = "/home/mpihpc/shared";
  const identities = [
    [root],
    [root, automount],
    [root, automount, nfs],
    [root, automount, nfs.replace("97 ", "98 ")],
    [root, automount, nfs.replace("primary:", "other:")],
  ].map((lines) => mountIdentityAt(lines.join("\n"), path));
  expect(new Set(identities).size).toBe(identities.length);
  expect(mountIdentityAt([nfs, root, automount].join("\n"), path)).toBe(identities[2]);
});

it("knows a path with blanks, and takes no other path for it", () => {
  const text = `${root}\n30 24 0:9 / /mnt/a\\040b rw - tmpfs none rw\n`;
  expect(mountedAt(text, "/mnt/a b")).toEqual([{ type: "tmpfs", source: "none", serverAddress: undefined }]);
  expect(mountedAt(text, "/mnt")).toEqual([]);
});

it("makes nothing of what is no line of the table", () => {
  expect(mountedAt("\nx\n1 2 3 4 /mnt rw - \n1 2 3 4 /mnt rw\n", "/mnt")).toEqual([]);
});
