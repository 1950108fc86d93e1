import { expect, it } from "vitest";
import { createMemoryFiles } from "../host/memory-files.ts";
import { createNetworkJournal } from "./network-journal.ts";

it("says that a record is damaged where it cannot be read", async () => {
  const files = createMemoryFiles({ files: { "/s/network.json": '{"pending":{"id":"a1"}}' } });
  const journal = createNetworkJournal({ files, stateFolder: "/s", owner: { uid: 0, gid: 0 } });
  await expect(journal.read()).rejects.toMatchObject({ name: "DamagedNetworkRecordError" });
});
