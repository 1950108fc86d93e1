import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import type { Probe } from "@cowherd/proto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { waitFor } from "../cluster/wait-for.ts";
import { mpiRoots } from "../lab/debian/mpi-roots.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { applyParameters, prepareRanks } from "./mpi-hosts.ts";
import { answerOn, prepareProbes } from "./probe-hosts.ts";

const source = fileURLToPath(new URL("../demo/allreduce.c", import.meta.url));
const user = "ranks";
const shared = "/srv/shared";
const job = ["sleep", "4711"];
const knownHosts = "/etc/ssh/ssh_known_hosts";

const launch: Extract<Probe, { readonly kind: "launch" }> = {
  kind: "launch",
  node: "secondary1",
  address: "192.168.56.11",
  user,
  uid: 1000,
  gid: 1000,
  sharedPath: undefined, // a container has no NFS
  primary: "primary",
  boundMs: 8_000,
};

/** Each MPI with its daemon, and how a user starts a job that the hostfile does not name. */
const cases = [
  {
    vendor: "Open MPI 4",
    root: "both",
    compiler: "mpicc.openmpi",
    alternative: "/usr/bin/mpirun.openmpi",
    daemon: "orted",
    start: "mpirun --host primary:1,secondary1:1 -n 2",
  },
  {
    vendor: "MPICH",
    root: "both",
    compiler: "mpicc.mpich",
    alternative: "/usr/bin/mpirun.mpich",
    daemon: "hydra_pmi_proxy",
    start: "mpirun -f /srv/hostfile.mpich -n 2",
  },
  {
    vendor: "Open MPI 5",
    root: "openMpi5",
    compiler: "mpicc",
    alternative: undefined,
    daemon: "prted",
    start: "mpirun --host primary:1,secondary1:1 -n 2",
  },
] as const;

let work: string;
let lab: Lab;
let roots: Awaited<ReturnType<typeof mpiRoots>>;
let primary: LabHost;
let secondary: LabHost;

beforeAll(async () => {
  work = await mkdtemp(`${tmpdir()}/cowherd-probes-test-`);
  roots = await mpiRoots();
  lab = await createNspawnLab("test-probes");
});

afterAll(async () => {
  await lab?.down();
  await rm(work, { recursive: true, force: true });
});

describe.each(cases)("probes of $vendor", ({ root, compiler, alternative, daemon, start }) => {
  beforeAll(async () => {
    const boot = (name: string, address: string) => lab.boot(name, { address, cpus: 1, rootFileSystem: roots[root] });
    [primary, secondary] = await Promise.all([boot("primary", "192.168.56.10"), boot("secondary1", "192.168.56.11")]);
    const hosts = [primary, secondary];
    await prepareRanks(hosts, source, compiler);
    for (const host of hosts) {
      await applyParameters(host);
      if (alternative !== undefined) await host.check(["update-alternatives", "--set", "mpirun", alternative]);
      await host.writeFile(`/home/${user}/.ssh/config`, "");
      await host.writeFile(
        "/srv/hostfile",
        root === "both" ? "primary slots=1\n" : "primary slots=1\nsecondary1 slots=1\n",
      );
      await host.check(["install", "-d", "-o", user, shared]);
    }
    await knowHostKeys();
    await prepareProbes(hosts, work);
  });

  afterAll(async () => {
    for (const host of [primary, secondary]) await host?.remove();
  });

  afterEach(async () => {
    for (const host of [primary, secondary]) await host.run(["pkill", "-KILL", "-u", user]);
  });

  it("hold for a node that no hostfile names yet, and for the primary itself, within the limits of the agent's unit", async () => {
    const kinds = ["name", "login", "identity", "mpirun", "message"];
    const proved = await answerOn(primary, launch);
    expect(proved.map(({ kind, failure }) => ({ kind, failure }))).toEqual(
      kinds.map((kind) => ({ kind, failure: undefined })),
    );
    const own = { ...launch, node: "primary", address: "192.168.56.10", sharedPath: shared };
    expect((await answerOn(primary, own)).filter(({ failure }) => failure !== undefined)).toEqual([]);
    expect(await primary.check(["find", shared, "/run", "-name", "*cowherd-proof*"])).toBe("");
  });

  it("neither name nor end nor disturb a job that lives", async () => {
    await startJob();
    expect(await remnants(secondary, true)).toBeUndefined();
    expect(await remnants(primary, true)).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect([await jobRuns(primary), await jobRuns(secondary)]).toEqual([true, true]);
    expect((await primary.run(["pgrep", "-u", user, "mpirun|prterun|mpiexec"])).exitCode).toBe(0);
  });

  it("K10: name a daemon and its rank whose mpirun was killed, and end them when they are told to", async () => {
    await startJob();
    await secondary.check(["pkill", "-STOP", "-u", user, daemon]); // or it would notice and end by itself
    await primary.check(["pkill", "-KILL", "-u", user, "mpirun|prterun|mpiexec"]);
    const found = await remnants(secondary, false);
    expect(found).toMatch(
      new RegExp(`${daemon.slice(0, 15)} \\(pid \\d+, \\d+ s old\\).*sleep .*left over from a job`),
    );
    expect(await jobRuns(secondary)).toBe(true);
    expect(await remnants(secondary, true)).toBeUndefined();
    expect(await jobRuns(secondary)).toBe(false);
    expect((await secondary.run(["pgrep", "-u", user, daemon])).exitCode).toBe(1);
  });

  if (daemon === "orted") {
    it("E2: tell ranks that begin and do not hear each other", async () => {
      const path = "/etc/openmpi/openmpi-mca-params.conf";
      const parameters = await primary.readFile(path);
      for (const host of [primary, secondary]) await host.writeFile(path, "");
      expect(await lastOf(launch)).toMatch(
        /^message: the ranks on primary and secondary1 began and did not hear each other/,
      );
      for (const host of [primary, secondary]) {
        expect((await host.run(["pgrep", "two-ranks"])).exitCode).toBe(1);
        await host.writeFile(path, parameters);
      }
    });

    it("E13: tell a firewall that lets ssh through and MPI not", async () => {
      const rule = (verb: string, at: number, of: readonly string[]) =>
        primary.check(["ip", "rule", verb, "pref", `${at}`, "to", "192.168.56.11", "ipproto", "tcp", ...of]);
      await rule("add", 10, ["dport", "22", "lookup", "main"]);
      await rule("add", 11, ["blackhole"]);
      expect(await lastOf(launch)).toMatch(
        /^message: mpirun did not start the ranks on primary and secondary1 within 8 s/,
      );
      await rule("del", 10, ["dport", "22", "lookup", "main"]);
      await rule("del", 11, ["blackhole"]);
      expect(await lastOf(launch)).toBe("message: undefined");
      expect((await primary.run(["pgrep", "-u", user])).exitCode).toBe(1);
    });

    it("S2: tell a host key that changed from one that is not known", async () => {
      const keys = await primary.readFile(knownHosts);
      const [own = ""] = /^primary .*$/m.exec(keys) ?? [];
      await primary.writeFile(knownHosts, `${own.replace("primary", "secondary1")}\n`);
      expect(await lastOf(launch)).toBe(
        "login: the host key of secondary1 changed: it is not the one that the cluster knows",
      );
      await primary.writeFile(knownHosts, `${own}\n`);
      expect(await lastOf(launch)).toBe("login: the host key of secondary1 is not known here");
      await primary.writeFile(knownHosts, keys);
    });

    it("S3, S8: tell a key that is not taken, without asking for a password", async () => {
      const home = `/home/${user}`;
      await secondary.check(["chmod", "o+w", home]);
      expect(await lastOf(launch)).toBe("login: secondary1 does not let ranks in by its key: permission denied");
      await secondary.check(["chmod", "o-w", home]);
    });

    it("E5: tell a peer's name that does not resolve, or to another address, on any node", async () => {
      const hosts = await secondary.readFile("/etc/hosts");
      const peers = [
        { name: "primary", address: "192.168.56.10" },
        { name: "secondary1", address: "192.168.56.11" },
      ];
      const ask = async () => (await answerOn(secondary, { kind: "peers", peers })).map(({ failure }) => failure);
      expect(await ask()).toEqual([undefined]);
      await secondary.writeFile("/etc/hosts", `127.0.1.1 secondary1\n${hosts.replace(/^.* primary$/m, "")}`);
      expect(await ask()).toEqual([
        "primary does not resolve, and is to be 192.168.56.10; secondary1 resolves to 127.0.1.1, and is to be 192.168.56.11",
      ]);
      await secondary.writeFile("/etc/hosts", hosts);
    });

    it("F6: tell a folder that is not the primary's", async () => {
      expect(await lastOf({ ...launch, sharedPath: shared })).toMatch(
        /^shared-folder: \/srv\/shared on secondary1 does not show what the primary writes into its own: .*No such file/,
      );
      expect(await primary.check(["find", shared, "-type", "f"])).toBe("");
    });

    it("F7: tell a user of another number", async () => {
      await secondary.check(["usermod", "--uid", "1234", user]);
      expect(await lastOf(launch)).toBe(
        "identity: ranks has uid 1000 and gid 1000 in the cluster, and uid 1234 and gid 1000 on secondary1",
      );
      await secondary.check(["usermod", "--uid", "1000", user]);
    });

    it("K8: tell an mpirun of another MPI, and none", async () => {
      await secondary.check(["update-alternatives", "--set", "mpirun", "/usr/bin/mpirun.mpich"]);
      expect(await lastOf(launch)).toMatch(
        /^mpirun: mpirun on secondary1 is of MPICH \S+, and on the primary of Open MPI/,
      );
      await secondary.check(["rm", "/usr/bin/mpirun"]);
      expect(await lastOf(launch)).toMatch(/^mpirun: there is no mpirun on secondary1/);
    });

    it("tell a node that is cut off", async () => {
      await secondary.partition();
      expect(await lastOf(launch)).toMatch(/^login: (there is no route to secondary1|secondary1 did not answer ssh)/);
    });
  }

  /** Starts a job with a rank on each host that ends only when it is made to. */
  async function startJob(): Promise<void> {
    const command = `cd / && nohup ${start} ${job.join(" ")} >/dev/null 2>&1 </dev/null &`;
    await primary.check(["sh", "-c", command], { user });
    const runsOnBoth = async () => ((await jobRuns(primary)) && (await jobRuns(secondary)) ? true : undefined);
    await waitFor("the job's ranks", runsOnBoth, { timeoutMs: 20_000, everyMs: 200 });
  }
});

async function jobRuns(host: LabHost): Promise<boolean> {
  return (await host.run(["pgrep", "-u", user, "--exact", "--full", job.join(" ")])).exitCode === 0;
}

async function remnants(host: LabHost, end: boolean): Promise<string | undefined> {
  const [proof] = await answerOn(host, { kind: "remnants", user, end });
  expect(proof?.kind).toBe("remnants");
  return proof?.failure ?? undefined;
}

async function lastOf(probe: Probe): Promise<string> {
  const { kind, failure } = (await answerOn(primary, probe)).at(-1) ?? {};
  return `${kind}: ${failure}`;
}

/** Lets each host know both host keys, as the cluster does. */
async function knowHostKeys(): Promise<void> {
  const hosts = [primary, secondary];
  const keys = await Promise.all(hosts.map((host) => host.readFile("/etc/ssh/ssh_host_ed25519_key.pub")));
  const lines = hosts.map(({ name }, at) => `${name} ${keys[at]?.split(" ").slice(0, 2).join(" ")}\n`);
  for (const host of hosts) await host.writeFile(knownHosts, lines.join(""));
}
