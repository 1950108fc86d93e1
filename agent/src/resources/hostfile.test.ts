import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { hostfileResource } from "./hostfile.ts";
import { resourceContract } from "./resource.contract.ts";

const path = "/home/ada/.cluster_hostfile";
const entries = [
  { node: "primary", slots: 2 },
  { node: "secondary10", slots: 4 },
];
const spec = {
  id: "hostfile",
  requires: [],
  kind: "hostfile",
  path,
  owner: "root",
  group: "root",
  generation: 7n,
  entries,
} as const;
const text = "# Managed by Cowherd, generation 7; edits are replaced.\nprimary slots=2\nsecondary10 slots=4\n";
const home = { mode: 0o755, uid: 0, gid: 0 };
const holding = (content: string) => createMemoryHost({ files: { [path]: content } });
const observe = (content: string) => ({ stored: { ...home, content: Buffer.from(content) }, ids: { uid: 0, gid: 0 } });

describe("hostfile", () => {
  resourceContract(hostfileResource, {
    "makes an absent hostfile": { spec, host: () => createMemoryHost({ folders: { "/home/ada": home } }) },
    "replaces an older generation": { spec, host: () => holding(text.replace("generation 7", "generation 6")) },
    "replaces an edit": { spec, host: () => holding(text.replace("slots=4", "slots=1")) },
    "replaces one whose generation was edited": {
      spec,
      host: () => holding(text.replace("generation 7", "generation 8")),
    },
    "replaces a hostfile that was written by hand": { spec, host: () => holding("primary slots=1\n") },
    "replaces its own that another user owns": {
      spec,
      host: () => createMemoryHost({ files: { [path]: { ...home, uid: 7777, content: Buffer.from(`${text}x\n`) } } }),
    },
  });

  it.each(["root:x:0:0::/root:/bin/bash\n", "", `\n${text}`])("refuses to take another user's file: %j", (content) => {
    const stored = { ...home, uid: 7777, content: Buffer.from(content) };
    const conflict = expect.objectContaining({ name: "ConflictError", message: expect.stringContaining(path) });
    expect(() => hostfileResource.plan(spec, { stored, ids: { uid: 0, gid: 0 } })).toThrow(conflict);
    expect(() => hostfileResource.plan(spec, { stored, ids: undefined })).toThrow(conflict);
  });

  it.each([
    ["no entries", []],
    ["a name that is there twice", [...entries, { node: "primary", slots: 1 }]],
    ["a line end in a name", [{ node: "a\nb", slots: 1 }]],
    ["white space in a name", [{ node: "a b", slots: 1 }]],
    ["a name without a letter", [{ node: "01", slots: 1 }]],
    ["a capital letter", [{ node: "Primary", slots: 1 }]],
    ["an underscore", [{ node: "node_1", slots: 1 }]],
    ["a dot", [{ node: "node.cluster", slots: 1 }]],
    ["a name that starts with a hyphen", [{ node: "-a", slots: 1 }]],
    ["an empty name", [{ node: "", slots: 1 }]],
    ["localhost", [{ node: "localhost", slots: 1 }]],
    ["a keyword", [{ node: "slots", slots: 1 }]],
    ["the word rank", [{ node: "rank", slots: 1 }]],
    ["no slots", [{ node: "primary", slots: 0 }]],
    ["slots below none", [{ node: "primary", slots: -1 }]],
    ["part of a slot", [{ node: "primary", slots: 2.5 }]],
    ["more slots than any machine has", [{ node: "primary", slots: 65_537 }]],
    ["slots that are no number", [{ node: "primary", slots: Number.NaN }]],
  ])("refuses %s, whatever is on the disk", (_what, refused) => {
    for (const stored of [undefined, observe(text).stored]) {
      expect(() => hostfileResource.plan({ ...spec, entries: refused }, { stored, ids: undefined })).toThrow(
        /hostfile/,
      );
    }
  });
});
