import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mpiRoots } from "../lab/debian/mpi-roots.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { applyParameters, prepareRanks, runRanks } from "./mpi-hosts.ts";

const source = fileURLToPath(new URL("../demo/allreduce.c", import.meta.url));
const hostfile = "/srv/hostfile";
/** timeout(1) cut it short, with a kill where it did not heed the first signal. */
const hangs = (exitCode: number) => exitCode === 124 || exitCode === 137;
const sums = /(?:rank [01] of 2 on \S+: sum 1\s+){2}/;

/** What the tests do with each MPI. The files are those that the resource must write, and no others. */
const cases = [
  {
    vendor: "Open MPI 4",
    root: "both",
    compiler: "mpicc.openmpi",
    named: ["mpirun.openmpi", "--hostfile", hostfile, "-n", "2"],
    plain: ["mpirun.openmpi"],
    files: ["/etc/openmpi/openmpi-mca-params.conf", "/etc/ucx/ucx.conf"], // K9: MPICH stands beside it
    without: hangs,
    refusesRoot: true,
  },
  {
    vendor: "MPICH",
    root: "both",
    compiler: "mpicc.mpich",
    named: ["mpiexec.hydra", "-f", `${hostfile}.mpich`, "-n", "2"],
    plain: ["mpiexec.hydra", "-f", `${hostfile}.mpich`, "-n", "2"],
    files: ["/etc/openmpi/openmpi-mca-params.conf", "/etc/ucx/ucx.conf"],
    without: (exitCode: number) => exitCode !== 0, // its ranks are refused at the address that they all have
    refusesRoot: false,
  },
  {
    vendor: "Open MPI 5",
    root: "openMpi5",
    compiler: "mpicc",
    named: ["mpirun", "--hostfile", hostfile, "-n", "2"],
    plain: ["mpirun"],
    files: ["/etc/openmpi/openmpi-mca-params.conf", "/etc/openmpi/prte-mca-params.conf"],
    without: hangs,
    refusesRoot: true,
  },
] as const;

let lab: Lab;
let roots: Awaited<ReturnType<typeof mpiRoots>>;

beforeAll(async () => {
  roots = await mpiRoots();
  lab = await createNspawnLab("test-mpi");
});

afterAll(() => lab?.down());

describe.each(cases)(
  "$vendor on hosts that share a NAT address",
  ({ root, compiler, named, plain, files, without, refusesRoot }) => {
    let hosts: readonly LabHost[];
    let primary: LabHost;

    beforeAll(async () => {
      const boot = (name: string, address: string) => lab.boot(name, { address, cpus: 1, rootFileSystem: roots[root] });
      const [first, second] = await Promise.all([
        boot("primary", "192.168.56.10"),
        boot("secondary1", "192.168.56.11"),
      ]);
      primary = first;
      hosts = [first, second];
      await prepareRanks(hosts, source, compiler);
    });

    afterAll(async () => {
      for (const host of hosts ?? []) await host.remove();
    });

    it("E2: comes to no sum while it is told no network", async () => {
      const { exitCode, output } = await runRanks(primary, named, 8);
      expect(without(exitCode), output).toBe(true);
      expect(output).not.toMatch(sums);
    });

    if (refusesRoot)
      it("S10: tells root in its own words to be somebody else", async () => {
        const { exitCode, stderr } = await primary.run([...named, "hostname"]);
        expect(exitCode).not.toBe(0);
        expect(stderr).toMatch(/as root/);
      });

    it("E2, E14, K9, K12: comes to the sum with the parameters, beside a bridge of Docker's, and plans no more then (K13)", async () => {
      for (const host of hosts) {
        await host.check(["ip", "link", "add", "docker0", "type", "bridge"]);
        await host.check(["ip", "address", "add", "172.17.0.1/16", "dev", "docker0"]);
        await host.check(["ip", "link", "set", "docker0", "up"]);
        expect(await applyParameters(host)).toEqual(files);
        expect(await applyParameters(host)).toEqual([]);
      }
      const { exitCode, output } = await runRanks(primary, plain, 20);
      expect(output).toMatch(sums);
      expect(exitCode).toBe(0);
    });
  },
);
