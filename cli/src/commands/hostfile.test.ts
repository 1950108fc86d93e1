import type { HostfileGeneration } from "@cowherd/proto/wire";
import { describe, expect, it } from "vitest";
import { createFakeAsk, createFakeRun } from "../fake-io.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const run = createFakeAsk(createFakeRun(createGrpcOperatorLink));
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
