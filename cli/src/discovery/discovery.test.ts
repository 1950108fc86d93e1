import { writeFile } from "node:fs/promises";
import { renderHostfile } from "@cowherd/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFakeRun } from "../fake-io.ts";
import { createFolder } from "../link/fake-controller.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";
import { discoverHosts } from "./discover.ts";
import { spellDiscovery } from "./spell-discovery.ts";

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

it("is spelled out where it is asked for with an option", () => {
  expect(spellDiscovery(["hostfile", "--discover", "--help"])).toEqual(["hostfile", "discover", "--help"]);
  expect(spellDiscovery(["hostfile", "show"])).toEqual(["hostfile", "show"]);
  expect(spellDiscovery([])).toEqual([]);
});
