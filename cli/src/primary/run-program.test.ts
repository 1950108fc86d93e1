import { describe, expect, it } from "vitest";
import { runProgram } from "./run-program.ts";

const never = new AbortController().signal;

async function shell(script: string, input?: string, signal = never) {
  const said: string[] = [];
  const program = { path: "/bin/sh", args: ["-c", script], ...(input === undefined ? {} : { input }) };
  const exitCode = await runProgram(program, (text) => said.push(text), signal);
  return { exitCode, said: said.join("") };
}

describe("runProgram", () => {
  it("gives the input and passes on both outputs", async () => {
    expect(await shell("cat; echo oops >&2", "spec\n")).toEqual({ exitCode: 0, said: "spec\noops\n" });
  });

  it("bears a program that does not read its input", async () => {
    expect(await shell("exit 3", "x".repeat(1_000_000))).toMatchObject({ exitCode: 3 });
  });

  it("tells a signal as a shell does", async () => {
    expect(await shell("kill -9 $$")).toMatchObject({ exitCode: 137 });
  });

  it("hands nothing of the caller's environment on", async () => {
    expect((await shell("env")).said).not.toMatch(/^(HOME|NODE_OPTIONS|VITEST)=/m);
  });

  it("names a program that is not there", async () => {
    const program = { path: "/absent/program", args: [] };
    await expect(runProgram(program, () => {}, never)).rejects.toMatchObject({
      name: "NotInstalledError",
      missing: "/absent/program",
    });
  });

  it("ends the program when it is not wanted any more", async () => {
    const enough = new AbortController();
    const running = shell("exec sleep 60", undefined, enough.signal);
    enough.abort();
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
  });
});
