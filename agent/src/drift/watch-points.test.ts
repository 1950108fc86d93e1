import { expect, it } from "vitest";
import { watchPoints } from "./watch-points.ts";

const folders = new Set(["/", "/etc", "/home"]);
const isFolder = (path: string) => folders.has(path);

it("watches the folder of each path once", () => {
  expect(watchPoints(["/etc/hosts", "/etc/hostname"], isFolder)).toEqual(
    new Map([["/etc", new Set(["hosts", "hostname"])]]),
  );
});

it("watches the nearest ancestor of what is not there yet", () => {
  expect(watchPoints(["/home/mpihpc/.ssh/authorized_keys"], isFolder)).toEqual(
    new Map([["/home", new Set(["mpihpc"])]]),
  );
});

it("ends at the root", () => {
  expect(watchPoints(["/srv/x/y", "/"], isFolder)).toEqual(new Map([["/", new Set(["srv", ""])]]));
});
