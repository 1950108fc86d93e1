import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createFakeRun } from "../fake-io.ts";
import { createFolder } from "../link/fake-controller.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const runFake = createFakeRun(createGrpcOperatorLink);

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
