import { expect, it } from "vitest";
import { parseExportTable } from "./export-table.ts";

it("makes nothing of what is no line of exportfs's table", () => {
  expect(parseExportTable("\n/srv\n/srv\tx\n(rw)\n")).toEqual([]);
});

it.each([
  ["192.168.56.0/255.255.255.0", "192.168.56.0/24"],
  ["10.0.0.0/8", "10.0.0.0/8"],
  ["*.example.org", "*.example.org"],
])("F6: knows the clients %s of exportfs's table, which keeps them as written", (written, clients) => {
  expect(parseExportTable(`/srv\t${written}(rw,sync)\n`)).toEqual([{ path: "/srv", clients, options: ["rw", "sync"] }]);
});
