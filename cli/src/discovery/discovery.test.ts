import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { renderHostfile } from "@cowherd/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFakeRun } from "../fake-io.ts";
import { createFolder } from "../link/fake-controller.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";
import { discoverHosts } from "./discover.ts";
import { parseDiscovery, spellDiscovery } from "./discovery-words.ts";

const runFake = createFakeRun(createGrpcOperatorLink);
const text = "# Managed by Cowherd, generation 7; edits are replaced.\nprimary slots=2\nsecondary10 slots=4\n";
/** Runs a command line on a machine without a controller, whose hostfile has this text. */
async function discover(argv: readonly string[], hostfile = text) {
  await using folder = await createFolder();
  const [path, hostfilePointer] = [`${folder.path}/hosts`, `${folder.path}/hostfile-path`];
  await writeFile(path, hostfile);
  await writeFile(hostfilePointer, `${path}\n`);
  const words = argv.map((word) => word.replace("HOSTFILE", path));
  const { err, ...ended } = await runFake(words, "/absent", { hostfilePointer });
  return { ...ended, err: err.replaceAll(folder.path, "") };
}

describe("discovery", () => {
  it.each([
    [["hostfile", "--discover"]],
    [["hostfile", "discover"]],
    [["hostfile", "discover", "--file", "HOSTFILE"]],
    [["hostfile", "--discover", "--file=HOSTFILE"]],
  ])("prints host:slots with the controller down: %j", async (argv) => {
    expect(await discover(argv)).toEqual({ exitCode: 0, out: "primary:2\nsecondary10:4\n", err: "" });
  });

  it.each([
    ["# nobody\n", "it names no host"],
    ["", "it names no host"],
    ["primary\n", "line 1 is not of the form HOST slots=N"],
    ["primary slots=0\n", "line 1 is not of the form HOST slots=N"],
    ["primary slots=2\nnode:4\n", "line 2 is not of the form HOST slots=N"],
    ["primary slots=2 max_slots=4\n", "line 1 is not of the form HOST slots=N"],
    ["primary slots=1\r\n\u{feff}b slots=1\n", "line 2 is not of the form HOST slots=N"],
  ])("prints nothing and fails where a line could mislead a launcher: %j", async (hostfile, because) => {
    expect(await discover(["hostfile", "--discover"], hostfile)).toEqual({
      exitCode: 66,
      out: "",
      err: `cowctl: cannot discover hosts from /hosts: ${because}\n`,
    });
  });

  it("says on a machine without a hostfile where there would be one", async () => {
    expect(await runFake(["hostfile", "--discover"], "/absent")).toEqual({
      exitCode: 66,
      out: "",
      err: "cowctl: cannot discover hosts from /absent/hostfile-path: it does not exist; the primary's agent writes it with the first hostfile, elsewhere say --file\n",
    });
    const named = await runFake(["hostfile", "discover", "--file", "/absent/hosts"], "/absent");
    expect(named).toEqual({
      exitCode: 66,
      out: "",
      err: "cowctl: cannot discover hosts from /absent/hosts: it does not exist\n",
    });
  });

  it("prints every host of any hostfile of ours", async () => {
    await using folder = await createFolder();
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
    const entry = fc.record({ node: name, slots: fc.integer({ min: 1, max: 65_536 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 30 }), async (entries) => {
        await writeFile(`${folder.path}/hosts`, renderHostfile({ generation: 1n, entries }));
        const lines = entries.map(({ node, slots }) => `${node}:${slots}\n`).join("");
        expect(await discoverHosts(`${folder.path}/hosts`, "/absent")).toBe(lines);
      }),
      { numRuns: 20 },
    );
  });
});

describe("a command line", () => {
  it.each([
    [["hostfile", "--discover"], { file: undefined }],
    [["hostfile", "discover"], { file: undefined }],
    [["hostfile", "discover", "--file", "a"], { file: "a" }],
    [["hostfile", "--discover", "--file=a"], { file: "a" }],
    [["hostfile", "discover", "--file"], undefined],
    [["hostfile", "discover", "--file", "a", "b"], undefined],
    [["hostfile", "discover", "--help"], undefined],
    [["hostfile", "discover", "a", "b"], undefined],
    [["hostfile", "show"], undefined],
    [["status", "--discover"], undefined],
    [[], undefined],
  ])("is a discovery, or the whole program's: %j", (argv, words) => {
    expect(parseDiscovery(argv)).toEqual(words);
  });

  it("is spelled out where it asks with an option", () => {
    expect(spellDiscovery(["hostfile", "--discover", "--help"])).toEqual(["hostfile", "discover", "--help"]);
    expect(spellDiscovery(["hostfile", "show"])).toEqual(["hostfile", "show"]);
  });
});

describe("the program that discovers and does nothing else", () => {
  const program = fileURLToPath(new URL("main.ts", import.meta.url));
  const start = (...words: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: "utf8" });
    return { status, stdout, stderr };
  };

  it("prints the hosts of a file", async () => {
    await using folder = await createFolder();
    await writeFile(`${folder.path}/hosts`, text);
    const ended = start("hostfile", "--discover", "--file", `${folder.path}/hosts`);
    expect(ended).toEqual({ status: 0, stdout: "primary:2\nsecondary10:4\n", stderr: "" });
  });

  it("prints nothing and fails where there is no file, and for another command line", () => {
    expect(start("hostfile", "--discover", "--file", "/absent")).toEqual({
      status: 66,
      stdout: "",
      stderr: "cowctl: cannot discover hosts from /absent: it does not exist\n",
    });
    expect(start("hostfile", "show")).toMatchObject({ status: 64, stdout: "" });
  });
});
