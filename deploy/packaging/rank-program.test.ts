import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildRankProgram } from "./rank-program.ts";

const hasCompiler = process.platform === "linux" && spawnSync("cc", ["--version"]).status === 0;

describe.skipIf(!hasCompiler)("the program of two ranks (needs a C compiler)", () => {
  let folder = "";
  let program = "";
  beforeAll(async () => {
    folder = await mkdtemp(`${tmpdir()}/cowherd-test-`);
    program = await buildRankProgram(`${folder}/first`);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("comes out in equal bytes wherever it is built", async () => {
    const again = await buildRankProgram(`${folder}/second`);
    expect((await readFile(again)).equals(await readFile(program))).toBe(true);
  });

  it("runs on the C library of Ubuntu 22.04", async () => {
    const versions = (await readFile(program, "latin1")).match(/GLIBC_\d+\.\d+/g) ?? [];
    expect(versions.length).toBeGreaterThan(0);
    expect(versions.filter((version) => Number(version.split(".")[1]) > 35)).toEqual([]);
  });

  it("says in a line of its own what is wrong where no mpirun started it, and where the MPI of one is not there", () => {
    expect(run({})).toMatch(/^started: on \S+\ntwo-ranks: started on \S+ by no mpirun that is known here\n$/);
    expect(run({ PMI_RANK: "0" }, "/nowhere")).toMatch(/^two-ranks: no libmpi\.so\.12 on \S+: /m);
  });

  function run(env: Readonly<Record<string, string>>, libraries = ""): string {
    const { stdout, status } = spawnSync(program, ["2", libraries], { env, encoding: "utf8" });
    expect(status).toBe(3);
    return stdout;
  }
});
