import { expect, it } from "vitest";
import { packageNameProblem } from "./package-name.ts";

it.each(["gcc", "g++", "0ad", "openmpi-bin", "libstdc++6", "libsigc++-2.0-dev", "a".repeat(128)])(
  "takes %s for a package's name",
  (name) => {
    expect(packageNameProblem(name)).toBeUndefined();
  },
);

it.each([
  ["", /no Debian package's name/],
  ["a", /no Debian package's name/],
  ["a".repeat(129), /no Debian package's name/],
  ["GCC", /no Debian package's name/],
  ["gcc=12", /no Debian package's name/],
  ["gcc:arm64", /no Debian package's name/],
  ["gcc\n", /no Debian package's name/],
  ["-y", /no Debian package's name/],
  ["../x", /no Debian package's name/],
  ["vim*", /no Debian package's name/],
  ["vim-", /more than a name to apt/],
  ["libx+", /more than a name to apt/],
  ["foo.", /more than a name to apt/],
  ["foo-++", /more than a name to apt/],
])("refuses %j and says why", (name, why) => {
  expect(packageNameProblem(name)).toMatch(why);
});
