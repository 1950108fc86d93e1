import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { directoryResource } from "./directory.ts";
import { resourceContract } from "./resource.contract.ts";

const signal = new AbortController().signal;
const path = "/srv/shared";
const spec = {
  id: "shared",
  requires: [],
  kind: "directory",
  path,
  owner: "root",
  group: "root",
  mode: 0o750,
} as const;
const srv = { mode: 0o755, uid: 0, gid: 0 };

describe("directory", () => {
  resourceContract(directoryResource, {
    "makes an absent folder": { spec, host: () => createMemoryHost({ folders: { "/srv": srv } }) },
    "mends the mode and keeps what is in it": {
      spec,
      host: () => createMemoryHost({ files: { [`${path}/theirs`]: "kept\n" }, folders: { [path]: srv } }),
      foreign: (host) => host.files.read(`${path}/theirs`),
    },
    "mends the owner": { spec, host: () => createMemoryHost({ folders: { [path]: { mode: 0o750, uid: 1, gid: 0 } } }) },
  });

  it("takes no file's place", async () => {
    const observed = await directoryResource.read(spec, createMemoryHost({ files: { [path]: "theirs\n" } }), signal);
    expect(() => directoryResource.plan(spec, observed)).toThrow("/srv/shared is not a folder");
  });
});
