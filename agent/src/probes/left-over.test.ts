import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Process } from "../host/processes.ts";
import { describeLeftOvers, suspectsOf } from "./left-over.ts";

const uid = 7777;
const hnp = ["-mca", "orte_hnp_uri", "1.0;tcp://192.168.56.10:5000"];

/** A process of the user's: number, parent, name, and what differs. */
function one(pid: number, parent: number, program: string, over: Partial<Process> = {}): Process {
  return { pid, parent, program, uid, startedAt: pid, ageMs: 60_000, argv: [program], isRank: false, ...over };
}

const rank = (pid: number, parent: number, program = "a.out") => one(pid, parent, program, { isRank: true });
const sshd = one(50, 1, "sshd", { uid: 0, argv: [] });

function left(processes: readonly Process[], connectedPorts: readonly number[] = []) {
  const suspects = suspectsOf({ processes, connectedPorts: new Set(connectedPorts) }, uid);
  return suspects.map(({ process, unless }) => ({ pid: process.pid, asks: unless !== undefined }));
}

describe("what is left over", () => {
  it("is a daemon of Open MPI with all its ranks, unless its launcher answers", () => {
    const orted = one(100, 51, "orted", { argv: ["orted", ...hnp] });
    const processes = [sshd, one(51, 50, "sshd"), orted, rank(101, 100, "sh"), rank(102, 101)];
    expect(left(processes)).toEqual([100, 101, 102].map((pid) => ({ pid, asks: true })));
  });

  it("is a daemon of Hydra without a connection to its launcher, with all its ranks", () => {
    const proxy = one(100, 50, "hydra_pmi_proxy", { argv: ["/usr/bin/hydra_pmi_proxy", "--control-port", "p:5000"] });
    const processes = [sshd, proxy, rank(101, 100)];
    expect(left(processes)).toEqual([100, 101].map((pid) => ({ pid, asks: false })));
    expect(left(processes, [5000])).toEqual([]);
  });

  it("is a daemon that says nothing of its launcher only once nobody answers for it", () => {
    expect(left([one(100, 1, "orted")])).toEqual([{ pid: 100, asks: false }]);
    expect(left([sshd, one(100, 50, "orted")])).toEqual([]);
    expect(left([one(100, 1, "orted", { argv: [] })])).toEqual([]); // it waits in the kernel and cannot be asked
  });

  it("is a daemon below one that is left over, where it says nothing of its own", () => {
    const upstream = one(100, 50, "hydra_bstrap_pr", { argv: ["hydra_bstrap_proxy", "--upstream-port", "5000"] });
    const processes = [sshd, upstream, one(101, 100, "hydra_pmi_proxy"), rank(102, 101)];
    expect(left(processes)).toHaveLength(3);
    expect(left(processes, [5000])).toEqual([]);
  });

  it("is a rank whose launcher on the same machine is gone", () => {
    expect(left([rank(101, 1)])).toEqual([{ pid: 101, asks: false }]);
    expect(left([rank(101, 1, "sh"), rank(102, 101)])).toHaveLength(2);
    expect(left([one(60, 1, "systemd"), rank(101, 60)])).toHaveLength(1);
  });

  it.each(["mpirun", "mpirun.openmpi", "mpiexec.hydra", "orterun", "prterun", "prte"])(
    "is nothing that %s is an ancestor of, even one that nobody answers for",
    (launcher) => {
      const proxy = one(100, 99, "hydra_pmi_proxy", { argv: ["hydra_pmi_proxy", "--control-port", "p:5000"] });
      expect(left([one(99, 1, launcher), proxy, rank(101, 100), rank(102, 99)])).toEqual([]);
    },
  );

  it("is no launcher that runs within a rank, and nothing that a rank started by it", () => {
    expect(left([one(99, 1, "mpirun", { isRank: true }), rank(100, 99)])).toEqual([]);
  });

  it("is nothing of other users, and no rank that a batch system has", () => {
    expect(left([one(100, 1, "orted", { uid: 1000 }), one(101, 1, "a.out", { uid: 1000, isRank: true })])).toEqual([]);
    expect(left([one(70, 1, "slurmstepd", { uid: 0 }), rank(101, 70)])).toEqual([]);
    expect(left([rank(101, 4711)])).toEqual([]); // its parent went while we looked
    expect(left([one(80, 1, "bash"), one(81, 80, "a.out")])).toEqual([]);
  });

  it("is judged to an end whatever the look shows, and never holds what has a launcher above it", () => {
    const program = fc.constantFrom("orted", "hydra_pmi_proxy", "a.out", "mpirun", "systemd", "sshd");
    const tree = fc.array(
      fc.record({ parent: fc.nat(12), program, isRank: fc.boolean(), uid: fc.constantFrom(0, uid) }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(tree, (made) => {
        const processes = made.map(({ parent, program: name, ...over }, at) => one(at + 1, parent, name, over));
        for (const { pid } of left(processes)) {
          const process = processes[pid - 1];
          expect(process?.uid).toBe(uid);
          const above = processes.find(({ pid: other }) => other === process?.parent && other !== 1);
          expect(above?.uid === uid && above.program === "mpirun").toBe(false);
        }
      }),
    );
  });
});

describe("the description of what is left over", () => {
  it("names programs with their numbers and ages, and counts those that are too many", () => {
    expect(describeLeftOvers([])).toBeUndefined();
    expect(describeLeftOvers([one(812, 1, "orted", { ageMs: 90_000 })])).toBe(
      "orted (pid 812, 90 s old) is left over from a job whose mpirun is gone",
    );
    const many = [180_000, 8_000_000, 200_000_000, 1, 1, 1].map((ageMs, at) => one(at + 5, 1, "a.out", { ageMs }));
    expect(describeLeftOvers(many)).toBe(
      "a.out (pid 5, 3 min old), a.out (pid 6, 2 h old), a.out (pid 7, 2 days old), a.out (pid 8, 0 s old) and 2 more are left over from a job whose mpirun is gone",
    );
  });
});
