import { expect, it } from "vitest";
import { cpioArchive, withFolders } from "./cpio.ts";

it("lays every header and every content at a multiple of four bytes", () => {
  const archive = Buffer.from(cpioArchive([{ path: "a", mode: 0o600, content: Buffer.from("five5") }]));
  expect(archive.length % 4).toBe(0);
  expect(archive.subarray(0, 6).toString()).toBe("070701");
  expect(archive.subarray(14, 22).toString()).toBe("00008180"); // a file of mode 0600
  expect(archive.subarray(54, 62).toString()).toBe("00000005");
  expect(archive.subarray(112, 117).toString()).toBe("five5");
  expect(archive.subarray(120, 126).toString()).toBe("070701");
  expect(archive.includes("TRAILER!!!")).toBe(true);
});

it("makes the folders before what is in them", () => {
  const entries = withFolders([{ path: "etc/ssh/key", mode: 0o600, content: Buffer.from("k") }]);
  expect(entries.map(({ path }) => path)).toEqual(["etc", "etc/ssh", "etc/ssh/key"]);
});
