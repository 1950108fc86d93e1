import { expect, it } from "vitest";
import { isSharePath } from "./share-path.ts";

it.each(["/home/mpihpc/shared", "/srv/a", "/srv/.a/b-c_d@e+f.g"])("takes %s", (path) => {
  expect(isSharePath(path)).toBe(true);
});

it.each([
  "",
  "/",
  "/etc",
  "srv/a",
  "/srv/../etc/x",
  "/srv/./a",
  "/srv//a",
  "/srv/a/",
  "/srv/a b",
  "/srv/a\n/b",
  '/srv/"a',
  "/srv/a\\040b",
  "/srv/a#b",
  "/srv/é",
])("refuses %j", (path) => {
  expect(isSharePath(path)).toBe(false);
});
