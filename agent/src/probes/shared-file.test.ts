import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it, onTestFinished } from "vitest";
import { answerFailure, answerScript, offerScript, verifyScript, withdrawScript } from "./shared-file.ts";

function makeFolder(): string {
  const folder = mkdtempSync(`${tmpdir()}/cowherd test's-`);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Runs a step in a folder, as it is seen there. */
function step(script: string, folder: string, word = "word") {
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", script, "sh", folder, ".cowherd-proof.a.1", word], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  return { exitCode: status ?? 128, late: false, stdout, stderr };
}

const judge = (end: ReturnType<typeof step>) => answerFailure(end, "secondary1", "/srv/shared");

describe("the look at a shared folder", () => {
  it("holds where both see one folder, and leaves nothing in it", () => {
    const folder = makeFolder();
    writeFileSync(`${folder}/.cowherd-proof.old`, "");
    utimesSync(`${folder}/.cowherd-proof.old`, 1, 1);
    expect(step(offerScript, folder).exitCode).toBe(0);
    expect(judge(step(answerScript, folder))).toBeUndefined();
    expect(step(verifyScript, folder).exitCode).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("takes away what a look at the same node left that was cut short, and nothing of another node's", () => {
    const folder = makeFolder();
    for (const name of ["a.0", "a.0.answer", "ab.0"]) writeFileSync(`${folder}/.cowherd-proof.${name}`, "");
    expect(step(offerScript, folder).exitCode).toBe(0);
    expect(readdirSync(folder).toSorted()).toEqual([".cowherd-proof.a.1", ".cowherd-proof.ab.0"]);
  });

  it("F6, F10: tells a folder that is not the primary's", () => {
    const [here, there] = [makeFolder(), makeFolder()];
    step(offerScript, here);
    expect(judge(step(answerScript, there))).toMatch(
      /^\/srv\/shared on secondary1 does not show what the primary writes into its own: .*No such file/,
    );
    step(withdrawScript, here);
    expect(readdirSync(here)).toEqual([]);
  });

  it("tells that what is written there does not come back", () => {
    const [here, there] = [makeFolder(), makeFolder()];
    step(offerScript, here);
    step(offerScript, there);
    expect(judge(step(answerScript, there))).toBeUndefined();
    expect(step(verifyScript, here).exitCode).toBe(1);
    expect(readdirSync(here)).toEqual([]);
  });

  it.each([
    [
      { exitCode: 22, stderr: "sh: cannot create /srv/shared/x: Permission denied" },
      /cannot be written on secondary1: .*denied/,
    ],
    [
      { exitCode: 22, stderr: "sh: cannot create /srv/shared/x: Read-only file system" },
      /cannot be written .*Read-only/,
    ],
    [{ exitCode: 23, stderr: "" }, /reads otherwise there/],
    [{ exitCode: 255, stderr: "Connection closed" }, /could not be looked at on secondary1: Connection closed/],
    [{ exitCode: 143, stderr: "", late: true }, /^\/srv\/shared hangs on secondary1/],
  ])("says what is the matter: %j", (end, words) => {
    expect(judge({ late: false, stdout: "", ...end })).toMatch(words);
  });

  it("does not give up a node for a full disk", () => {
    expect(
      judge({ exitCode: 22, late: false, stdout: "", stderr: "printf: write error: No space left on device" }),
    ).toBeUndefined();
  });
});
