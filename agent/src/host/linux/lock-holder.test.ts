import { expect, it } from "vitest";
import { holderOf } from "./lock-holder.ts";

const table = `1: POSIX  ADVISORY  WRITE 27296 fe:00:2321231 0 EOF
1: -> POSIX  ADVISORY  WRITE 901 fe:00:77 0 EOF
2: FLOCK  ADVISORY  WRITE 28530 fe:00:77 0 EOF
3: POSIX  ADVISORY  READ  26896 fe:00:77 0 EOF
4: POSIX  ADVISORY  WRITE 812 fe:00:402117 0 EOF
5: POSIX  ADVISORY  WRITE 813 08:01:402117 0 EOF
6: POSIX  ADVISORY  WRITE 0 08:01:5 0 EOF
7: POSIX  ADVISORY  WRITE 814 00:12c:402117 0 EOF
`;

it.each([
  ["the file's holder", 65024, 402117, 812],
  ["the holder on another device", 0x801, 402117, 813],
  ["the holder on a device of a large number", 0x10002c, 402117, 814],
  ["no waiter, reader or flock", 65024, 77, undefined],
  ["nobody of another process namespace", 0x801, 5, undefined],
])("finds %s", (_what, dev, ino, pid) => {
  expect(holderOf(table, { dev, ino })).toBe(pid);
});
