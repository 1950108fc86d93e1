import { spawnSync } from "node:child_process";
import { chmod, chown, readdir, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { judgeProbe, probeCommand } from "./mount-probe.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

const failed = (stderr: string) => ({ exitCode: 1, stdout: "", stderr });

describe("the probe of a mount", () => {
  it.each([
    ["dd: failed to open '/mnt/.x': Stale file handle", "stale"],
    ["stat: cannot statx '/mnt/.': Stale file handle", "stale"],
    ["dd: failed to open '/mnt/.x': Read-only file system", "read-only"],
    ["dd: failed to open '/mnt/.x': Permission denied", "refused"],
    ["stat: cannot statx '/mnt/.': No such device", "refused"],
    ["dd: error writing '/mnt/.x': No space left on device", "healthy"],
    ["dd: fsync failed for '/mnt/.x': Disk quota exceeded", "healthy"],
    ["", "refused"],
  ])("is judged by its words: %j", (stderr, state) => {
    expect(judgeProbe(failed(stderr)).state).toBe(state);
  });

  it("is judged by its exit code first, and slow where it did not end", () => {
    expect(judgeProbe({ exitCode: 0, stdout: "", stderr: "Stale file handle" })).toEqual({ state: "healthy" });
    expect(judgeProbe("late").state).toBe("slow");
    expect(judgeProbe("crowded")).toMatchObject({ state: "refused", reason: expect.stringContaining("former mounts") });
  });

  it.runIf(process.getuid?.() === 0)("F8: says when ids are not passed on as numbers", async () => {
    const folder = await makeTemporaryFolder("probe");
    await chown(folder, 65534, 65534);
    expect(probe(folder)).toMatchObject({ state: "refused", reason: expect.stringContaining("shows as nobody") });
  });

  it.runIf(process.getuid?.() === 0)(
    "writes as the folder's owner, over what a killed probe left, and leaves nothing",
    async () => {
      const folder = await makeTemporaryFolder("probe");
      await writeFile(`${folder}/.probe`, "left");
      await chown(folder, 7777, 7777);
      await chmod(folder, 0o755);
      expect(probe(folder)).toEqual({ state: "healthy" });
      expect(await readdir(folder)).toEqual([]);
      await chmod(folder, 0o555);
      expect(probe(folder)).toMatchObject({ state: "refused", reason: expect.stringContaining("Permission denied") });
    },
  );
});

function probe(folder: string) {
  const [program, ...args] = probeCommand(folder, ".probe", "word");
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  return judgeProbe({ exitCode: status ?? 128, stdout, stderr });
}
