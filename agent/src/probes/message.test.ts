import { describe, expect, it } from "vitest";
import { launcherWords, messageFailure, messageRun } from "./message.ts";

const pair = { primary: "primary", node: "secondary1" };
const alone = { primary: "primary", node: "primary" };
const program = ["/usr/lib/cowherd/two-ranks", "2"];
const good =
  "started: on primary\nstarted: on secondary1\nheard: rank 1 of 2 on secondary1\nheard: rank 0 of 2 on primary\n";

const end = (
  stdout: string,
  over: { readonly exitCode?: number; readonly late?: boolean; readonly stderr?: string } = {},
) => ({
  exitCode: 0,
  late: false,
  stderr: "",
  stdout,
  ...over,
});
const failure = (stdout: string, over = {}, of = pair) => messageFailure(end(stdout, over), of, 20_000);

describe("the run of two ranks", () => {
  it("is started by Open MPI with a hostfile of its own, and no word about the network", () => {
    const run = messageRun({ vendor: "Open MPI", version: "5.0.7" }, pair, program);
    expect(run?.hostfile).toBe("primary slots=1\nsecondary1 slots=1\n");
    expect(run?.command("/run/x/hostfile")).toEqual([
      ...["mpirun", "--hostfile", "/run/x/hostfile", "--bind-to", "none", "-n", "2"],
      ...program,
    ]);
  });

  it.each(["MPICH", "Intel MPI", "MVAPICH"])("is started by Hydra for %s", (vendor) => {
    const run = messageRun({ vendor, version: "4.0.2" }, pair, program);
    expect(run?.hostfile).toBe("primary:1\nsecondary1:1\n");
    expect(run?.command("/run/x/hostfile")).toEqual(["mpirun", "-f", "/run/x/hostfile", "-n", "2", ...program]);
  });

  it("has both ranks on a primary that is asked about itself", () => {
    expect(messageRun({ vendor: "Open MPI", version: "4.1.4" }, alone, program)?.hostfile).toBe("primary slots=2\n");
    expect(messageRun({ vendor: "MPICH", version: "4.0.2" }, alone, program)?.hostfile).toBe("primary:2\n");
  });

  it("is not known for every MPI", () => {
    expect(messageRun({ vendor: "Homemade MPI", version: "1" }, pair, program)).toBeUndefined();
  });
});

describe("the end of two ranks", () => {
  it("holds where both say that they heard, each on its node", () => {
    expect(failure(good)).toBeUndefined();
    expect(failure("heard: rank 0 of 2 on primary\nheard: rank 1 of 2 on primary\n", {}, alone)).toBeUndefined();
  });

  it("does not hold where both ran on one node, or one said nothing", () => {
    expect(failure("heard: rank 0 of 2 on primary\nheard: rank 1 of 2 on primary\n")).toMatch(/both ran on primary$/);
    expect(failure("heard: rank 0 of 2 on primary\n")).toMatch(/did not say that they heard each other/);
    expect(failure("heard: rank 0 of 1 on primary\nheard: rank 0 of 1 on secondary1\n")).toMatch(/did not say/);
  });

  it("E2, E13: tells ranks that do not hear each other from ranks that were not started", () => {
    const late = { late: true, exitCode: 143 };
    expect(failure("started: on primary\nstarted: on secondary1\n", late)).toBe(
      "the ranks on primary and secondary1 began and did not hear each other within 20 s: is there a firewall, or another network than MPI is told of?",
    );
    expect(failure("", late)).toBe(
      "mpirun did not start the ranks on primary and secondary1 within 20 s: can secondary1 connect to a free port of primary?",
    );
    expect(failure(good, late)).toMatch(/heard each other, and mpirun did not end within 20 s/);
    expect(failure("started: on primary\nstarted: on primary\n", late, alone)).toMatch(/^two ranks on primary began/);
  });

  it("is told in the program's words, else in the launcher's, else by its exit code", () => {
    const bad = { exitCode: 3 };
    const own =
      "started: on primary\ntwo-ranks: no libmpi.so.40 on secondary1: cannot open shared object file\n---\nmpirun…\n";
    expect(failure(own, bad)).toBe(
      "the ranks on primary and secondary1 failed: no libmpi.so.40 on secondary1: cannot open shared object file",
    );
    const frames =
      "--------\nORTE was unable to reliably start one or more daemons.\nThis usually is caused by:\n\n* not finding\n--------\n";
    expect(launcherWords(frames)).toBe(
      "ORTE was unable to reliably start one or more daemons. This usually is caused by: * not finding",
    );
    expect(failure("", bad)).toMatch(/failed: exit code 3$/);
  });
});
