import { expect, it } from "vitest";
import { renderControl, renderMd5sums } from "./control.ts";

it("writes the later lines of a value as continuation lines", () => {
  const control = renderControl({ Package: "cowherd", Description: "one\ntwo\n\nthree" });
  expect(control).toBe("Package: cowherd\nDescription: one\n two\n .\n three\n");
});

it("writes the paths of checksums as dpkg does, without the first slash", () => {
  expect(renderMd5sums([{ path: "/usr/bin/cowctl", md5: "0f" }])).toBe("0f  usr/bin/cowctl\n");
});
