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
    "makes Hydra's": {
      spec: { ...spec, form: "hydra" },
      host: () => createMemoryHost({ folders: { "/home/ada": home } }),
    },
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
    ["H12, H38: no entries", []],
    ["H6, H37: a name that is there twice", [...entries, { node: "primary", slots: 1 }]],
    ["H1: a line end in a name", [{ node: "a\nb", slots: 1 }]],
    ["white space in a name", [{ node: "a b", slots: 1 }]],
    ["H23: a name without a letter", [{ node: "01", slots: 1 }]],
    ["H27: a capital letter", [{ node: "Primary", slots: 1 }]],
    ["H24: an underscore", [{ node: "node_1", slots: 1 }]],
    ["H9, H10: a dot", [{ node: "node.cluster", slots: 1 }]],
    ["a name that starts with a hyphen", [{ node: "-a", slots: 1 }]],
    ["an empty name", [{ node: "", slots: 1 }]],
    ["H8: localhost", [{ node: "localhost", slots: 1 }]],
    ["H21: a keyword", [{ node: "slots", slots: 1 }]],
    ["H22: the word rank", [{ node: "rank", slots: 1 }]],
    ["H11, H20: no slots", [{ node: "primary", slots: 0 }]],
    ["H13: slots below none", [{ node: "primary", slots: -1 }]],
    ["H13: part of a slot", [{ node: "primary", slots: 2.5 }]],
    ["H14: more slots than any machine has", [{ node: "primary", slots: 65_537 }]],
    ["H13: slots that are no number", [{ node: "primary", slots: Number.NaN }]],
  ])("refuses %s, whatever is on the disk", (_what, refused) => {
    for (const stored of [undefined, observe(text).stored]) {
      for (const form of [undefined, "hydra"]) {
        expect(() => hostfileResource.plan({ ...spec, form, entries: refused }, { stored, ids: undefined })).toThrow(
          /hostfile/,
        );
      }
    }
  });

  it("H19: is written for Hydra where that is asked, and in a form of a later version not at all", () => {
    const nothing = { stored: undefined, ids: undefined };
    const [change] = hostfileResource.plan({ ...spec, form: "hydra" }, nothing);
    expect(change).toMatchObject({ action: "write", content: Buffer.from(text.replaceAll(" slots=", ":")) });
    expect(() => hostfileResource.plan({ ...spec, form: "slurm" }, nothing)).toThrow(/form "slurm" is not known here/);
  });

  it("H30: takes no folder's place", async () => {
    const host = createMemoryHost({ folders: { [path]: home } });
    await expect(hostfileResource.read(spec, host, new AbortController().signal)).rejects.toThrow("not a regular file");
  });
});
