import { expect, it } from "vitest";
import { aptProgress, isStatusLine } from "./apt-progress.ts";

it.each([
  [
    "dlstatus:1:12.5:Retrieving file 12 of 120 (3s remaining)\nGet:12 http://deb/x y [3 kB]\n",
    "downloading, file 12 of 120",
  ],
  [
    "dlstatus:9:90:Retrieving file 9 of 9\npmstatus:libfoo:amd64:40.5:Unpacking libfoo (amd64)\n",
    "unpacking libfoo (amd64), 40 % done",
  ],
  ["pmstatus:dpkg-exec:0:Running dpkg\n", "running dpkg, 0 % done"],
  [
    "Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)... 3s\r",
    "waiting for unattended-upgr (process 812), which holds dpkg's lock",
  ],
])("reads %j", (output, text) => {
  expect(aptProgress(output)).toBe(text);
});

it("says nothing of what is no progress", () => {
  expect(aptProgress("Reading package lists...\nBuilding dependency tree...\npmstatus:x\n")).toBeUndefined();
  expect(isStatusLine("pmerror:/var/cache/x.deb:20.0:trying to overwrite")).toBe(true);
  expect(isStatusLine("E: pmstatus:")).toBe(false);
});
