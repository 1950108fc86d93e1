import { hostfileDigest, hostfilePointer, renderHostfile } from "@cowherd/proto";
import { describe, expect, it } from "vitest";
import { converge } from "../converge.ts";
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
  formerSha256: [5n, 6n].map((generation) => hostfileDigest(renderHostfile({ generation, entries }))),
} as const;
const text = "# Managed by Cowherd, generation 7; edits are replaced.\nprimary slots=2\nsecondary10 slots=4\n";
const home = { mode: 0o755, uid: 0, gid: 0 };
const holding = (content: string) => createMemoryHost({ files: { [path]: content } });
const pointing = {
  pointer: { ...home, mode: 0o644, content: Buffer.from(`${path}\n`) },
  pointerFolder: { ...home, type: "folder" },
} as const;
const observe = (content: string) => ({
  stored: { ...home, content: Buffer.from(content) },
  ids: { uid: 0, gid: 0 },
  ...pointing,
});
const bare = { stored: undefined, ids: undefined, ...pointing };

/** What is told of the changes, and what was edited by hand, in words. */
function told(content: string, over: { readonly formerSha256?: readonly string[] } = {}) {
  const changes = hostfileResource.plan(
    { ...spec, ...over },
    { ...observe(content), stored: { ...home, mode: 0o644, content: Buffer.from(content) } },
  );
  const edits = changes.flatMap((change) => hostfileResource.handEdit?.(change) ?? []);
  return { changes: changes.map(hostfileResource.describe), edits };
}

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
    expect(() => hostfileResource.plan(spec, { ...bare, stored, ids: { uid: 0, gid: 0 } })).toThrow(conflict);
    expect(() => hostfileResource.plan(spec, { ...bare, stored })).toThrow(conflict);
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
        expect(() => hostfileResource.plan({ ...spec, form, entries: refused }, { ...bare, stored })).toThrow(
          /hostfile/,
        );
      }
    }
  });

  it("H19: is written for Hydra where that is asked, and in a form of a later version not at all", () => {
    const [change] = hostfileResource.plan({ ...spec, form: "hydra" }, bare);
    const content = Buffer.from(text.replaceAll(" slots=", ":"));
    expect(change).toMatchObject({ action: "own", change: { action: "write", content } });
    expect(() => hostfileResource.plan({ ...spec, form: "slurm" }, bare)).toThrow(/form "slurm" is not known here/);
  });

  it("H30: takes no folder's place", async () => {
    const host = createMemoryHost({ folders: { [path]: home } });
    await expect(hostfileResource.read(spec, host, new AbortController().signal)).rejects.toThrow("not a regular file");
  });
});

describe("an edit of the hostfile by hand", () => {
  const keep = `keep what was edited in ${path}.edited`;

  it("is named by what it changed, and kept", () => {
    const edited = text.replace("secondary10 slots=4", "node9 slots=4");
    const words = "+node9 slots=4, -secondary10";
    expect(told(edited)).toEqual({ changes: [keep, `write ${path}, edited by hand: ${words}`], edits: [words] });
  });

  it.each([
    ["a comment", `${text}# mine\n`, "no entry, its words alone"],
    ["slots", text.replace("slots=4", "slots=1"), "secondary10 4 -> 1 slots"],
    ["a generation that never was", text.replace("generation 7", "generation 9"), "no entry, its words alone"],
    [
      "a generation that was another",
      text.replace("generation 7", "generation 6").replace("=4", "=3"),
      "secondary10 4 -> 3 slots",
    ],
    [
      "the oldest generation that is known",
      text.replace("generation 7", "generation 5").replace("=4", "=3"),
      "secondary10 4 -> 3 slots",
    ],
    ["all of it, as before Cowherd came", "primary slots=1\n", "-secondary10, primary 2 -> 1 slots"],
  ])("is told from a hostfile of ours: %s", (_, edited, words) => {
    expect(told(edited)).toEqual({ changes: [keep, `write ${path}, edited by hand: ${words}`], edits: [words] });
  });

  it("is not what a hostfile of ours is that was overtaken", () => {
    const older = text.replace("generation 7", "generation 6");
    expect(told(older)).toEqual({ changes: [`write ${path}`], edits: [] });
  });

  it("is kept and not named where the generation it claims is older than all that are known", () => {
    const ancient = text.replace("generation 7", "generation 4");
    expect(told(ancient)).toEqual({ changes: [keep, `write ${path}`], edits: [] });
    expect(told(ancient.replace("4;", "5;"), { formerSha256: [] })).toMatchObject({ edits: [] });
  });

  it("that left nothing is named, and replaces no edit that was kept", () => {
    expect(told("\n")).toEqual({
      changes: [`write ${path}, edited by hand: -primary, -secondary10`],
      edits: ["-primary, -secondary10"],
    });
  });

  it("stays beside the hostfile as it lay there, with its mode and owner", async () => {
    const edited = { content: Buffer.from("primary slots=1\n"), mode: 0o600, uid: 7777, gid: 7777 };
    const users = [{ name: "ada", uid: 7777, gid: 7777, home: "/home/ada", shell: "/bin/bash" }];
    const host = createMemoryHost({
      users,
      groups: [{ name: "ada", gid: 7777, members: [] }],
      files: { [path]: edited },
    });
    const outcomes = await converge(
      [{ ...spec, owner: "ada", group: "ada" }],
      host,
      "apply",
      new AbortController().signal,
    );
    expect(outcomes).toMatchObject([{ end: "changed", handEdit: "-secondary10, primary 2 -> 1 slots" }]);
    expect(await host.files.read(`${path}.edited`)).toEqual(edited);
    expect((await host.files.read(path))?.content.toString()).toBe(text);
  });
});

it("in Hydra's form is kept where it was edited, and not named, since nobody can adopt it", () => {
  const stored = { ...home, mode: 0o644, content: Buffer.from("primary:1\n") };
  const changes = hostfileResource.plan({ ...spec, form: "hydra" }, { ...observe(""), stored });
  expect(changes.map(hostfileResource.describe)).toEqual([`keep what was edited in ${path}.edited`, `write ${path}`]);
});

it("in Hydra's form never says that it is the one which mpirun reads", async () => {
  const host = createMemoryHost({ folders: { "/home/ada": home } });
  await converge([{ ...spec, form: "hydra" }], host, "apply", new AbortController().signal);
  expect(await host.files.read(hostfilePointer)).toBeUndefined();
});

it("says where the hostfile is, in a file that everyone may read", async () => {
  const host = createMemoryHost({ folders: { "/home/ada": home } });
  await converge([spec], host, "apply", new AbortController().signal);
  expect(await host.files.read(hostfilePointer)).toMatchObject({
    content: Buffer.from(`${path}\n`),
    mode: 0o644,
    uid: 0,
  });
});
