import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { loginScript, readLauncherAnswer, readLoginAnswer } from "./login-answer.ts";

const openMpi = "mpirun (Open MPI) 4.1.4\n\nReport bugs to http://www.open-mpi.org/community/help/\n";

describe("what a login tells", () => {
  it("is read from among the lines of profiles", () => {
    const output = `Welcome!\ncowherd-uid 7777\ncowherd-gid 7777\ncowherd-mpirun /usr/bin/mpirun\n${openMpi}cowherd-end\n`;
    expect(readLoginAnswer(output)).toEqual({
      uid: 7777,
      gid: 7777,
      launcher: { state: "found", path: "/usr/bin/mpirun", mpi: { vendor: "Open MPI", version: "4.1.4" } },
    });
  });

  it("may be nothing", () => {
    expect(readLoginAnswer("uid 7777")).toEqual({ uid: undefined, gid: undefined, launcher: { state: "absent" } });
  });

  it.each([
    ["cowherd-mpirun \nsh: 1: mpirun: not found\ncowherd-end\n", "absent"],
    ["cowherd-mpirun /opt/mpirun\nhello\ncowherd-end\n", "unknown"],
    ["cowherd-mpirun /opt/mpirun\n", "hung"],
  ])("says what is the matter with mpirun: %j", (output, state) => {
    expect(readLauncherAnswer(output).state).toBe(state);
  });

  it("comes from a script that any sh runs", () => {
    const { stdout, status } = spawnSync("/bin/sh", ["-c", loginScript], { encoding: "utf8" });
    expect(status).toBe(0);
    expect(readLoginAnswer(stdout)).toMatchObject({ uid: process.getuid?.(), gid: process.getgid?.() });
  });
});
