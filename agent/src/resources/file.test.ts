import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { fileResource } from "./file.ts";
import { resourceContract } from "./resource.contract.ts";

const signal = new AbortController().signal;
const spec = {
  id: "motd",
  requires: [],
  kind: "file",
  path: "/etc/motd",
  content: "grüezi\n",
  owner: "root",
  group: "root",
  mode: 0o640,
} as const;
const stored = { content: Buffer.from(spec.content), mode: 0o640, uid: 0, gid: 0 };

describe("file", () => {
  resourceContract(fileResource, {
    "makes an absent file": { spec, host: () => createMemoryHost() },
    "replaces other content": { spec, host: () => createMemoryHost({ files: { [spec.path]: "other\n" } }) },
    "mends the mode": { spec, host: () => createMemoryHost({ files: { [spec.path]: { ...stored, mode: 0o666 } } }) },
    "mends the owner": { spec, host: () => createMemoryHost({ files: { [spec.path]: { ...stored, uid: 1 } } }) },
  });

  it("does not write again what is right but for its mode", () => {
    const observed = { stored: { ...stored, mode: 0o666 }, ids: { uid: 0, gid: 0 } };
    expect(fileResource.plan(spec, observed).map(fileResource.describe)).toEqual(["set /etc/motd to root:root 0640"]);
  });

  it("says which owner is not there", async () => {
    const host = createMemoryHost();
    const [change] = fileResource.plan({ ...spec, owner: "ghost" }, { stored: undefined, ids: undefined });
    await expect(change && fileResource.apply(change, host, signal)).rejects.toThrow(
      "/etc/motd: no such owner, ghost:root",
    );
  });
});
