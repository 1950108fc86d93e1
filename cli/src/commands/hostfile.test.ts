import { writeFile } from "node:fs/promises";
import type { AdoptHostfileRequest, HostfileGeneration, RollBackHostfileRequest } from "@cowherd/proto/wire";
import { describe, expect, it } from "vitest";
import { createFakeAsk, createFakeRun } from "../fake-io.ts";
import { createFolder, FakeRefusal } from "../link/fake-controller.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const runFake = createFakeRun(createGrpcOperatorLink);
const run = createFakeAsk(runFake);
const text = "# kept by Cowherd\nprimary slots=2\n";
const hostfile = {
  path: "/home/mpihpc/.cluster_hostfile",
  owner: "mpihpc",
  group: "mpihpc",
  generation: 7n,
  entries: [{ node: "primary", slots: 2 }],
  formerSha256: [],
};

describe("cowctl hostfile", () => {
  it("prints the text as it is on disk", async () => {
    expect(await run(["hostfile"], { getHostfile: () => ({ hostfile, text }) })).toEqual({
      exitCode: 0,
      out: text,
      err: "generation 7 of /home/mpihpc/.cluster_hostfile\n",
    });
  });

  it("keeps control characters from a terminal", async () => {
    const out: string[] = [];
    const stdout = { isTerminal: true, write: (text: string) => void out.push(text) };
    await run(["hostfile"], { getHostfile: () => ({ hostfile, text: "a\x1b[2J\n" }) }, { stdout });
    expect(out).toEqual(["a\u{fffd}[2J\n"]);
  });

  it("writes JSON", async () => {
    const { out } = await run(["hostfile", "-o", "json"], { getHostfile: () => ({ hostfile, text }) });
    expect(JSON.parse(out)).toEqual({
      generation: 7,
      path: "/home/mpihpc/.cluster_hostfile",
      entries: [{ node: "primary", slots: 2 }],
      text,
    });
  });

  it("is not yet there before a node was ready", async () => {
    expect(await run(["hostfile"], { getHostfile: () => ({ hostfile: undefined, text: "" }) })).toEqual({
      exitCode: 75,
      out: "",
      err: 'cowctl: there is no hostfile yet: no node has been ready so far\nnext: "cowctl status" shows what each node waits for\n',
    });
  });
});

const at = (minute: number) => new Date(Date.UTC(2026, 0, 31, 12, minute));
const generation = (
  number: bigint,
  slots: Readonly<Record<string, number>>,
  publishedAt?: Date,
): HostfileGeneration => ({
  generation: number,
  publishedAt,
  entries: Object.entries(slots).map(([node, count]) => ({ node, slots: count })),
});
const generations = [
  generation(5n, { primary: 2, secondary1: 2 }),
  generation(6n, { primary: 2, secondary1: 2, secondary3: 1 }, at(1)),
  generation(7n, { primary: 3, secondary3: 1 }, at(2)),
];
const listHostfileGenerations = () => ({ generations });
const kept = { getHostfile: () => ({ hostfile, text }), listHostfileGenerations };

describe("cowctl hostfile show", () => {
  it("is what cowctl hostfile does, and shows an earlier one too", async () => {
    expect(await run(["hostfile", "show"], kept)).toEqual(await run(["hostfile"], kept));
    expect(await run(["hostfile", "show", "6"], kept)).toEqual({
      exitCode: 0,
      out: "# Managed by Cowherd, generation 6; edits are replaced.\nprimary slots=2\nsecondary1 slots=2\nsecondary3 slots=1\n",
      err: "generation 6 of /home/mpihpc/.cluster_hostfile\n",
    });
  });

  it("knows a generation that is not kept by its exit code, and says which are", async () => {
    expect(await run(["hostfile", "show", "4"], kept)).toEqual({
      exitCode: 68,
      out: "",
      err: 'cowctl: no generation 4 of the hostfile: those of 5 to 7 are kept\nnext: "cowctl hostfile history" shows those that are kept\n',
    });
  });
});

describe("cowctl hostfile history", () => {
  it("shows what each generation changed, newest first", async () => {
    expect((await run(["hostfile", "history"], kept)).out).toBe(
      [
        "GENERATION  TIME                     NODES  SLOTS  CHANGE",
        "7           2026-01-31 12:02:00 UTC  2      4      -secondary1, primary 2 -> 3 slots",
        "6           2026-01-31 12:01:00 UTC  3      5      +secondary3 slots=1",
        "5           -                        2      4",
        "",
      ].join("\n"),
    );
  });

  it("writes JSON", async () => {
    const { out } = await run(["hostfile", "history", "-o", "json"], kept);
    expect(JSON.parse(out).generations[2]).toEqual({
      generation: 5,
      publishedAt: null,
      entries: [
        { node: "primary", slots: 2 },
        { node: "secondary1", slots: 2 },
      ],
      nodes: 2,
      slots: 4,
      change: null,
    });
  });

  it("says in words that there is none yet", async () => {
    const none = { listHostfileGenerations: () => ({ generations: [] }) };
    expect(await run(["hostfile", "history"], none)).toMatchObject({ exitCode: 0, out: "" });
    expect(await run(["hostfile", "diff"], none)).toMatchObject({ exitCode: 75, out: "" });
  });
});

describe("cowctl hostfile diff", () => {
  it("shows the current one against the one before", async () => {
    expect(await run(["hostfile", "diff"], kept)).toEqual({
      exitCode: 0,
      out: `--- generation 6\t2026-01-31 12:01:00 UTC
+++ generation 7\t2026-01-31 12:02:00 UTC
@@ -1,4 +1,3 @@
-# Managed by Cowherd, generation 6; edits are replaced.
-primary slots=2
-secondary1 slots=2
+# Managed by Cowherd, generation 7; edits are replaced.
+primary slots=3
 secondary3 slots=1
`,
      err: "",
    });
  });

  it("shows any two, and the current one against any", async () => {
    const heads = async (...argv: string[]) =>
      (await run(["hostfile", "diff", ...argv], kept)).out.split("\n").slice(0, 2);
    expect(await heads("5")).toEqual(["--- generation 5", "+++ generation 7\t2026-01-31 12:02:00 UTC"]);
    expect(await heads("6", "5")).toEqual(["--- generation 6\t2026-01-31 12:01:00 UTC", "+++ generation 5"]);
  });

  it("has nothing to show of one and the same", async () => {
    expect(await run(["hostfile", "diff", "6", "6"], kept)).toMatchObject({ out: "", err: "nothing is different\n" });
    const one = { listHostfileGenerations: () => ({ generations: generations.slice(0, 1) }) };
    expect(await run(["hostfile", "diff"], one)).toMatchObject({ exitCode: 0, out: "" });
  });
});

const pinned = {
  generation: 8n,
  entries: [{ node: "primary", slots: 2 }],
  unlisted: [{ node: "secondary1", reason: "unreachable, no sign of life" }],
};

describe("cowctl hostfile rollback", () => {
  it("says what the hostfile became, who is missing and how it ends", async () => {
    const asked: RollBackHostfileRequest[] = [];
    const rollBackHostfile = (request: RollBackHostfileRequest) => {
      asked.push(request);
      return { pinned };
    };
    expect((await run(["hostfile", "rollback", "5"], { rollBackHostfile })).out).toBe(
      `generation 8 is pinned to generation 5:
  primary slots=2
not listed: secondary1, unreachable, no sign of life
nodes that become ready do not enter it; cowctl hostfile unpin ends that
`,
    );
    expect(asked).toEqual([{ generation: 5n }]);
    const { out } = await run(["hostfile", "rollback", "5", "-o", "json"], { rollBackHostfile });
    expect(JSON.parse(out)).toEqual({ ...pinned, generation: 8 });
  });

  it("tells why it was refused", async () => {
    const nobody = () => {
      throw new FakeRefusal("FAILED_PRECONDITION", "no node of it is fit to be listed: a is absent");
    };
    expect(await run(["hostfile", "rollback", "5"], { rollBackHostfile: nobody })).toEqual({
      exitCode: 1,
      out: "",
      err: "cowctl: no node of it is fit to be listed: a is absent\n",
    });
    const unknown = () => {
      throw new FakeRefusal("NOT_FOUND", "no generation 5", { reason: "GENERATION_UNKNOWN" });
    };
    expect(await run(["hostfile", "rollback", "5"], { rollBackHostfile: unknown })).toMatchObject({
      exitCode: 68,
      err: expect.stringContaining('next: "cowctl hostfile history"'),
    });
  });
});

describe("cowctl hostfile adopt", () => {
  it("takes the edit that was kept beside the hostfile, or a file that is named", async () => {
    await using folder = await createFolder();
    const path = `${folder.path}/hosts`;
    await writeFile(`${path}.edited`, "primary slots=9\n");
    await writeFile(`${folder.path}/mine`, "primary slots=1\n");
    const asked: AdoptHostfileRequest[] = [];
    const answers = {
      getHostfile: () => ({ hostfile: { ...hostfile, path }, text }),
      adoptHostfile: (request: AdoptHostfileRequest) => {
        asked.push(request);
        return { pinned };
      },
    };
    const { exitCode, out } = await run(["hostfile", "adopt"], answers);
    expect({ exitCode, first: out.split("\n")[0] }).toEqual({
      exitCode: 0,
      first: `generation 8 is pinned to ${path}.edited:`,
    });
    await run(["hostfile", "adopt", `${folder.path}/mine`], answers);
    expect(asked).toEqual([{ text: "primary slots=9\n" }, { text: "primary slots=1\n" }]);
  });

  it("prints every problem with its place in the file", async () => {
    await using folder = await createFolder();
    const file = `${folder.path}/mine`;
    await writeFile(file, "node9 slots=4\n");
    const adoptHostfile = () => {
      const problems = [{ line: 1, column: 1, path: "", message: 'no node "node9"' }];
      throw new FakeRefusal("INVALID_ARGUMENT", "no", { reason: "HOSTFILE_INVALID", problems });
    };
    expect(await run(["hostfile", "adopt", file], { adoptHostfile })).toEqual({
      exitCode: 65,
      out: "",
      err: `cowctl: ${file} has one problem; nothing was changed\n${file}:1:1: no node "node9"\n`,
    });
  });

  it("says that there is no edit to adopt, and no hostfile to have edited", async () => {
    const absent = { getHostfile: () => ({ hostfile: { ...hostfile, path: "/absent/hosts" }, text }) };
    expect(await run(["hostfile", "adopt"], absent)).toEqual({
      exitCode: 66,
      out: "",
      err: "cowctl: cannot read /absent/hosts.edited: it does not exist\n",
    });
    const none = { getHostfile: () => ({ hostfile: undefined, text: "" }) };
    expect(await run(["hostfile", "adopt"], none)).toMatchObject({ exitCode: 75 });
  });
});

describe("cowctl hostfile unpin", () => {
  it.each(["unpin", "resume"])("says what is in force: %s", async (command) => {
    const unpinHostfile = () => ({ wasPinned: true, generation: 9n });
    expect((await run(["hostfile", command], { unpinHostfile })).err).toBe(
      "the hostfile: it follows the nodes again; generation 9 is in force\n",
    );
  });

  it("says so where nothing was pinned", async () => {
    const unpinHostfile = () => ({ wasPinned: false, generation: 9n });
    expect(await run(["hostfile", "unpin"], { unpinHostfile })).toEqual({
      exitCode: 0,
      out: "",
      err: "the hostfile: it was not pinned\n",
    });
  });
});

describe("cowctl hostfile lint", () => {
  const piped = (content: string) => ({ readStdin: async () => Buffer.from(content) });

  it("names each problem with its place, without a controller", async () => {
    expect(await runFake(["hostfile", "lint", "-"], "/absent", piped("node:4\na slots=0\n"))).toEqual({
      exitCode: 1,
      out: [
        "standard input:1:1: error: node:4 is MPICH's form, and all of it the name of one host here: write node slots=4 (H17, Open MPI 4.1, Open MPI 5)",
        "standard input:2:1: warning: slots=0 leaves a unused: leave its line out (H11, Open MPI 4.1, Open MPI 5)",
        "",
      ].join("\n"),
      err: "",
    });
  });

  it("reads a file, in the form that is said", async () => {
    await using folder = await createFolder();
    const file = `${folder.path}/hosts`;
    await writeFile(file, "node:4\n");
    const { exitCode, out, err } = await runFake(["hostfile", "lint", "--form", "mpich", file], "/absent");
    expect({ exitCode, out, err }).toEqual({ exitCode: 0, out: "", err: `${file}: nothing to complain of\n` });
  });

  it("H29: ends with an error where Open MPI 4.1 would complain and end with none", async () => {
    expect(await runFake(["hostfile", "lint", "-"], "/absent", piped("a slot=2\n"))).toMatchObject({ exitCode: 1 });
    expect(await runFake(["hostfile", "lint", "-"], "/absent", piped("a slots=2"))).toMatchObject({ exitCode: 0 });
  });

  it("H30: says that a folder is no hostfile, in place of waiting for it", async () => {
    await using folder = await createFolder();
    expect(await runFake(["hostfile", "lint", folder.path], "/absent")).toEqual({
      exitCode: 66,
      out: "",
      err: `cowctl: cannot read ${folder.path}: it is a folder\n`,
    });
  });

  it("H5: sees a byte order mark, which a reader of text would swallow", async () => {
    expect((await runFake(["hostfile", "lint", "-"], "/absent", piped("\u{feff}a slots=1\n"))).out).toContain("(H5,");
  });

  it("keeps what is in the file from steering a terminal", async () => {
    const { out } = await runFake(["hostfile", "lint", "-"], "/absent", piped("a\u001b[2J slots=1\n"));
    expect(out).toContain("a\u{fffd}[2J has characters");
  });

  it("takes no more than a sane size from a pipe", async () => {
    const readStdin = () => Promise.reject(new RangeError("more"));
    expect(await runFake(["hostfile", "lint", "-"], "/absent", { readStdin })).toMatchObject({ exitCode: 66, out: "" });
  });

  it("writes JSON", async () => {
    const { out } = await runFake(["hostfile", "lint", "-", "-o", "json"], "/absent", piped(""));
    expect(JSON.parse(out)).toMatchObject({
      file: "standard input",
      form: "open-mpi",
      problems: [{ line: 1, column: 1, severity: "error", rule: "H12" }],
    });
  });
});
