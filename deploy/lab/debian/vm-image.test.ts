import { expect, it } from "vitest";
import { pickModules } from "./vm-image.ts";

it("loads each module once, what others need first, and nothing that is in the kernel", () => {
  const shown = "insmod /lib/a.ko \ninsmod /lib/b.ko \nbuiltin ext4\ninsmod /lib/a.ko \ninsmod /lib/c.ko param=1\n";
  expect(pickModules(shown)).toEqual(["/lib/a.ko", "/lib/b.ko", "/lib/c.ko"]);
});
