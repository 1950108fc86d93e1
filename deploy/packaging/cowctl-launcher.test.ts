import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { hostfilePointer, renderHostfile } from "@cowherd/proto";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { discoverHosts } from "../../cli/src/discovery/discover.ts";

const launcher = readFileSync(new URL("launchers/cowctl", import.meta.url), "utf8");
const program = "/usr/lib/cowherd/runtime/node /usr/lib/cowherd/cowctl.mjs";
const text = "# Managed by Cowherd, generation 7; edits are replaced.\nprimary slots=2\nsecondary10 slots=4\n";

/** The launcher on a machine whose hostfile has this text. Instead of starting cowctl it says what it hands over. */
function install(hostfile: string) {
  const folder = mkdtempSync(`${tmpdir()}/cowherd launcher-`);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = `${folder}/hosts`;
  writeFileSync(file, hostfile);
  writeFileSync(`${folder}/pointer`, `${file}\n`);
  const script = launcher.replace(hostfilePointer, `'${folder}/pointer'`).replace(`exec ${program}`, "echo cowctl");
  writeFileSync(`${folder}/cowctl`, script);
  const runIn = (shell: string, words: readonly string[]) => {
    const env = { PATH: "/nowhere" }; // nothing but the shell can be started
    const { status, stdout, stderr } = spawnSync(shell, [`${folder}/cowctl`, ...words], { encoding: "utf8", env });
    return { status, stdout, stderr };
  };
  const run = (...words: readonly string[]) => runIn("/bin/sh", words);
  return { file, script: `${folder}/cowctl`, run, runIn };
}

const answered = { status: 0, stdout: "primary:2\nsecondary10:4\n", stderr: "" };
const left = (...words: readonly string[]) => ({
  status: 0,
  stdout: `${["cowctl", ...words].join(" ")}\n`,
  stderr: "",
});

describe("the launcher of cowctl", () => {
  it("prints host:slots for each command line that asks for them", () => {
    const { file, run } = install(text);
    for (const what of ["discover", "--discover"]) {
      expect(run("hostfile", what)).toEqual(answered);
      expect(run("hostfile", what, "--file", file)).toEqual(answered);
      expect(run("hostfile", what, `--file=${file}`)).toEqual(answered);
    }
  });

  it.each([
    [[]],
    [["status"]],
    [["hostfile", "show"]],
    [["hostfile", "discover", "--help"]],
    [["hostfile", "discover", "--file"]],
    [["hostfile", "discover", "--file", "a", "b"]],
    [["hostfile", "discover", "--file", "/absent"]],
    [["hostfile", "discover", "--file="]],
    [["hostfile", "discover", "--file=/"]],
  ])("starts cowctl for any other, and where there is no file: %j", (words) => {
    expect(install(text).run(...words)).toEqual(left(...words));
  });

  it("starts cowctl, which says why, on a machine without a hostfile", () => {
    const { file, run } = install(text);
    rmSync(file);
    expect(run("hostfile", "--discover")).toEqual(left("hostfile", "--discover"));
  });

  it.each([
    "# nobody\n",
    "",
    "primary\n",
    "primary slots=0\n",
    "primary slots=2\nnode:4\n",
    "primary slots=2 max_slots=4\n",
    "primary slots=1\r\n\u{feff}b slots=1\n",
    "primary slots=1\nb slots=two\n",
    "primary 2\n",
    ".primary slots=2\n",
    "* slots=2\n",
  ])("prints nothing of a file in which cowctl finds something wrong: %j", async (hostfile) => {
    const { file, run } = install(hostfile);
    await expect(discoverHosts(file, "/absent")).rejects.toThrow(/cannot discover hosts/);
    expect(run("hostfile", "--discover")).toEqual(left("hostfile", "--discover"));
  });

  it("prints of any file what cowctl prints of it, or starts cowctl", async () => {
    const piece = fc.constantFrom(
      "a",
      "B.c-1",
      "-",
      "é",
      "*",
      "slots=",
      "slots",
      "=",
      "0",
      "2",
      "12",
      " ",
      "\t",
      "\f",
      "\r",
      "#",
      "\n",
      "\\",
      "$x",
      "'",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const { file, runIn } = install(pieces.join(""));
        const found = await discoverHosts(file, "/absent").catch(() => undefined);
        for (const shell of ["/bin/sh", "/bin/bash"]) {
          const { stdout, stderr } = runIn(shell, ["hostfile", "--discover"]);
          if (stdout !== "cowctl hostfile --discover\n") expect(stdout).toBe(found);
          expect(stderr).toBe("");
        }
      }),
      { numRuns: 100 },
    );
  });

  it("prints every host of any hostfile of ours by itself", () => {
    const entry = fc.record({
      node: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
      slots: fc.integer({ min: 1, max: 65_536 }),
    });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 30 }), (entries) => {
        const { run } = install(renderHostfile({ generation: 1n, entries }));
        const lines = entries.map(({ node, slots }) => `${node}:${slots}\n`).join("");
        expect(run("hostfile", "--discover").stdout).toBe(lines);
      }),
      { numRuns: 20 },
    );
  });

  it("takes less than 20 ms of a processor for a hundred nodes", () => {
    const entries = Array.from({ length: 100 }, (_, at) => ({ node: `secondary${at}`, slots: 4 }));
    const { script } = install(renderHostfile({ generation: 1n, entries }));
    const times = 20;
    const loop = `TIMEFORMAT="%3U %3S"; time for ((i = 0; i < ${times}; i++)); do /bin/sh "$0" hostfile --discover >/dev/null; done`;
    const { stderr } = spawnSync("bash", ["-c", loop, script], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    });
    const [user = Number.NaN, system = Number.NaN] = stderr.trim().split(" ").map(Number);
    expect(((user + system) * 1_000) / times).toBeLessThan(20);
  });
});
