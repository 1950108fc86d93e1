import {
  applySpec,
  clusterYaml,
  createJoinLine,
  hostfileNodes,
  initCluster,
  installProduct,
  type ProductPackages,
  pasteLine,
  readHostfile,
  runProgram,
  waitUntilReady,
} from "../cluster/operate.ts";
import { checkRanks } from "../cluster/ranks.ts";
import { waitFor } from "../cluster/wait-for.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import type { Recorder } from "./recorder.ts";
import type { Evidence } from "./timeline.ts";

/** What the story needs from outside. */
export type Stage = {
  readonly recorder: Recorder;
  readonly openLab: () => Promise<Lab>;
  readonly buildPackages: () => Promise<ProductPackages>;
  /** Compiles allreduce.c for the hosts and returns the binary's path on this machine. */
  readonly buildProgram: () => Promise<string>;
};

const program = "/usr/local/bin/allreduce";
const primaryHost = { name: "primary", address: "192.168.56.10", cpus: 2 };
const secondaryHosts = [
  { name: "secondary1", address: "192.168.56.11", cpus: 1 },
  { name: "secondary2", address: "192.168.56.12", cpus: 1 },
];
const lateHost = { name: "secondary3", address: "192.168.56.13", cpus: 1 };

/** Plays the product's main job on plain hosts, a recorded step at a time. Throws at the first that fails. */
export async function playStory({ recorder, openLab, buildPackages, buildProgram }: Stage): Promise<void> {
  const { step } = recorder;

  const packages = await step("build the product's Debian packages", buildPackages);
  const { lab, binary } = await step("lay the lab: root file system, package repository, MPI program", async () => {
    const opened = await openLab();
    return { lab: opened, binary: await buildProgram() };
  });

  const [primary, ...secondaries] = await step(
    "boot primary, secondary1 and secondary2, plain Debian",
    async (keep) => {
      const booted = [
        await boot(lab, primaryHost),
        ...(await Promise.all(secondaryHosts.map((host) => boot(lab, host)))),
      ];
      const [first, ...rest] = booted;
      if (first !== undefined) keep({ system: await first.check(["grep", "^PRETTY_NAME=", "/etc/os-release"]) });
      return [first, ...rest];
    },
  );
  if (primary === undefined) throw new TypeError("no primary was booted");

  const prepare = async (host: LabHost) => {
    await installProduct(host, packages);
    await host.copyIn(binary, program, 0o755);
  };
  const yaml = clusterYaml([primaryHost, ...secondaryHosts]);

  await step("install on primary and make a cluster of it: cowctl init", async (keep) => {
    await prepare(primary);
    keep({ "cluster.yaml": yaml });
    keep({ "cowctl init": await initCluster(primary, yaml) });
  });

  await step("join secondary1 and secondary2 with the line of cowctl token create", async (keep) => {
    const joins = secondaries.map(async (host) => {
      await prepare(host);
      const line = await createJoinLine(primary, host.name);
      keep({ [`on ${host.name}`]: `${hideSecret(line)}\n${await pasteLine(host, line)}` });
    });
    await Promise.all(joins);
  });

  await step("wait until every node is ready", async (keep) => {
    keep({ "cowctl status": await waitUntilReady(primary, "10m") });
    keep({ hostfile: await hostfileOf(primary) });
  });

  const run = (name: string) =>
    step(name, async (keep) => {
      const hostfile = await hostfileOf(primary);
      const output = await runProgram(primary, program);
      keep({ [`mpirun ${program}`]: output });
      checkRanks(output, hostfile);
    });
  await run("run MPI_Allreduce over all slots, as mpihpc, with plain mpirun");

  const late = await step("boot secondary3 and install on it", async () => {
    const host = await boot(lab, lateHost);
    await prepare(host);
    return host;
  });

  await step("add secondary3 to cluster.yaml and join it", async (keep) => {
    const grown = clusterYaml([primaryHost, ...secondaryHosts, lateHost]);
    keep({ "cowctl apply": await applySpec(primary, grown) });
    const line = await createJoinLine(primary, late.name);
    const startedAt = performance.now();
    await pasteLine(late, line);
    const hostfile = await waitForHostfile(primary, "secondary3's line", (nodes) => nodes.includes(late.name));
    keep({ "seconds from join to line": secondsSince(startedAt), hostfile });
  });
  await run("run it on all four");

  await step("cut secondary1's power", async (keep) => {
    const startedAt = performance.now();
    await lab.hosts.get("secondary1")?.cutPower();
    const hostfile = await waitForHostfile(
      primary,
      "secondary1's line to go",
      (nodes) => !nodes.includes("secondary1") && nodes.length > 0,
    );
    keep({ "seconds from cut to line gone": secondsSince(startedAt), hostfile });
    keep({ "cowctl status": await primary.check(["cowctl", "status"]) } satisfies Evidence);
  });
  await run("run it on the three that are left");
}

function boot(lab: Lab, { name, address, cpus }: typeof primaryHost): Promise<LabHost> {
  return lab.boot(name, { address, cpus });
}

async function hostfileOf(primary: LabHost): Promise<string> {
  return waitForHostfile(primary, "a hostfile", () => true);
}

function waitForHostfile(primary: LabHost, what: string, fits: (nodes: readonly string[]) => boolean): Promise<string> {
  const look = async () => {
    const text = await readHostfile(primary);
    return text !== undefined && fits(hostfileNodes(text)) ? text : undefined;
  };
  return waitFor(what, look, { timeoutMs: 300_000 });
}

/** The record may be shown to others, the token is a secret. */
function hideSecret(line: string): string {
  return line.replace(/cowherd1_\S+/, "cowherd1_…");
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}
