import { expect, it } from "vitest";
import { LabRequestError } from "./lab-error.ts";
import { findAccount, loginAs } from "./login.ts";

const passwd = "root:x:0:0:root:/root:/bin/bash\nmpihpc:x:7777:7778:,,,:/home/mpihpc:\n";

it("finds an account, with a shell even where passwd names none", () => {
  expect(findAccount(passwd, "mpihpc")).toEqual({
    name: "mpihpc",
    uid: "7777",
    gid: "7778",
    home: "/home/mpihpc",
    shell: "/bin/sh",
  });
});

it("refuses a user that is not there", () => {
  expect(() => findAccount(passwd, "mpi")).toThrow(LabRequestError);
});

it("gives a login its own environment and nothing of the caller's, but what the caller adds", () => {
  const command = loginAs(findAccount(passwd, "mpihpc"), ["mpirun", "-n", "2"], { OMPI_COMM: "1", LANG: "C" });
  expect(command).toContain("--ignore-environment");
  expect(command).toContain("HOME=/home/mpihpc");
  expect(command).toContain("OMPI_COMM=1");
  expect(command).toContain("LANG=C");
  expect(command.slice(-3)).toEqual(["mpirun", "-n", "2"]);
});
