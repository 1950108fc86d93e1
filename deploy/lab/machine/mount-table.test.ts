import { expect, it } from "vitest";
import { findHierarchies } from "./cgroup.ts";
import { parseMountTable } from "./mount-table.ts";

const hybrid = [
  "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
  "30 26 0:27 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory",
  "31 26 0:28 / /sys/fs/cgroup/systemd rw,relatime shared:9 - cgroup cgroup rw,name=systemd",
  "32 26 0:29 / /sys/fs/cgroup/unified rw,relatime shared:10 master:1 - cgroup2 cgroup2 rw",
  "40 22 0:40 / /mnt/a\\040b rw - overlay cowherd-lab rw,lowerdir=/l",
  "",
].join("\n");

it("reads the mounts in their order, with any number of optional fields", () => {
  expect(parseMountTable(hybrid).map(({ point }) => point)).toEqual([
    "/",
    "/sys/fs/cgroup/memory",
    "/sys/fs/cgroup/systemd",
    "/sys/fs/cgroup/unified",
    "/mnt/a b",
  ]);
});

it("finds systemd's own hierarchy beside the unified one on a hybrid machine", () => {
  expect(findHierarchies(parseMountTable(hybrid))).toEqual(["/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"]);
});

it("finds the unified hierarchy alone on a modern machine", () => {
  const modern = "28 24 0:25 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
  expect(findHierarchies(parseMountTable(modern))).toEqual(["/sys/fs/cgroup"]);
});

it("finds none where there is no unified one", () => {
  expect(findHierarchies(parseMountTable("30 26 0:27 / /c rw - cgroup cgroup rw,name=systemd\n"))).toEqual([]);
});
