import { expect, it } from "vitest";
import { unitOfPath } from "./unit-name.ts";

it.each([
  // As systemd-escape --path of systemd 252 has them.
  ["/home/mpihpc/shared", "home-mpihpc-shared.automount"],
  ["/home/mpi-hpc/.sh_a@red+x", "home-mpi\\x2dhpc-.sh_a\\x40red\\x2bx.automount"],
  ["/.hidden/x", "\\x2ehidden-x.automount"],
  ["/srv/", "srv.automount"],
  ["/", "-.automount"],
])("names the unit of %s", (path, unit) => {
  expect(unitOfPath(path, "automount")).toBe(unit);
});
