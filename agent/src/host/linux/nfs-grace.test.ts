import { expect, it } from "vitest";
import { isNfsServerInGrace } from "./nfs-grace.ts";

it.each([
  ["8\n", "N\n", true],
  ["8\n", "Y\n", false],
  ["0\n", "N\n", false],
  ["8\n", undefined, false],
  [undefined, undefined, false],
])("F2: reads the grace of a server with threads %j out of %j: %j", async (threads, ended, inGrace) => {
  const texts: Readonly<Record<string, string | undefined>> = {
    "/proc/fs/nfsd/threads": threads,
    "/proc/fs/nfsd/v4_end_grace": ended,
  };
  expect(await isNfsServerInGrace(async (path) => texts[path])).toBe(inGrace);
});
