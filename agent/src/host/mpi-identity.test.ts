import { describe, expect, it } from "vitest";
import { parseMpiIdentity } from "./mpi-identity.ts";

const texts: readonly [string, string, string][] = [
  ["mpirun (Open MPI) 4.1.4\n\nReport bugs to http://www.open-mpi.org/community/help/\n", "Open MPI", "4.1.4"],
  ["mpirun (Open MPI) 5.0.7\n", "Open MPI", "5.0.7"],
  ["Open MPI v4.1.4, package: Debian OpenMPI, ident: 4.1.4, repo rev: v4.1.4, May 26, 2022\0", "Open MPI", "4.1.4"],
  ["HYDRA build details:\n    Version:                                 4.0.2\n    Release Date: x\n", "MPICH", "4.0.2"],
  ["MPICH Version:\t4.0.2\nMPICH Release date:\tThu Apr  7 12:34:45 CDT 2022\nMPICH ABI:\t14:2:2\n", "MPICH", "4.0.2"],
  ["Intel(R) MPI Library for Linux* OS, Version 2021.9 Build 20230307\n", "Intel MPI", "2021.9"],
];

describe("what an MPI says of itself", () => {
  it.each(texts)("is read from %j", (text, vendor, version) => {
    expect(parseMpiIdentity(text)).toEqual({ vendor, version });
  });

  it.each(["", "mpirun: command not found", "Open MPI", "version 4.1.4"])("is not taken from %j", (text) => {
    expect(parseMpiIdentity(text)).toBeUndefined();
  });
});
