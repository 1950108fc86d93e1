import {
  createJoinLine,
  initCluster,
  installProduct,
  type ProductPackages,
  pasteLine,
  readHostfile,
  runProgram,
  waitUntilReady,
} from "../cluster/operate.ts";
import { checkRanks } from "../cluster/ranks.ts";
import { untilHostfile } from "../cluster/status.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import type { Recorder } from "./recorder.ts";

/** What a story needs from outside. */
export type Stage = {
  readonly recorder: Recorder;
  readonly openLab: () => Promise<Lab>;
  readonly buildPackages: () => Promise<ProductPackages>;
  /** Compiles allreduce.c for the hosts and returns the binary's path on this machine. */
  readonly buildProgram: () => Promise<string>;
};

/** A host as a story wants it. */
export type Role = { readonly name: string; readonly address: string; readonly cpus: number };

/** What stands once the lab is laid. */
export type Props = { readonly lab: Lab; readonly packages: ProductPackages; readonly binary: string };

/** The three hosts that every story begins with. */
export const primaryRole: Role = { name: "primary", address: "192.168.56.10", cpus: 2 };
export const secondaryRoles: readonly Role[] = [
  { name: "secondary1", address: "192.168.56.11", cpus: 1 },
  { name: "secondary2", address: "192.168.56.12", cpus: 1 },
];

/** Builds what is installed, and the lab in which it is. */
export async function lay({ recorder, openLab, buildPackages, buildProgram }: Stage): Promise<Props> {
  const packages = await recorder.step("build the product's Debian packages", buildPackages);
  return recorder.step("lay the lab: root file system, package repository, MPI program", async () => {
    const lab = await openLab();
    return { lab, packages, binary: await buildProgram() };
  });
}

/** Boots the primary and the secondaries. Throws the first failure once all of them have ended. */
export async function bootAll(
  { step }: Recorder,
  lab: Lab,
  name: string,
): Promise<{ readonly primary: LabHost; readonly secondaries: readonly LabHost[] }> {
  return step(name, async (keep) => {
    const booting = [primaryRole, ...secondaryRoles].map((role) => boot(lab, role));
    await Promise.allSettled(booting);
    const [primary, ...secondaries] = await Promise.all(booting);
    if (primary === undefined) throw new TypeError("no primary was booted");
    keep({ system: await primary.check(["grep", "^PRETTY_NAME=", "/etc/os-release"]) });
    return { primary, secondaries };
  });
}

/** Boots one host. */
export function boot(lab: Lab, { name, address, cpus }: Role): Promise<LabHost> {
  return lab.boot(name, { address, cpus });
}

/** Makes a cluster of the primary, and shows what the operator wrote and read. */
export function init({ step }: Recorder, primary: LabHost, packages: ProductPackages, yaml: string): Promise<void> {
  return step("install on primary and make a cluster of it: cowctl init", async (keep) => {
    await installProduct(primary, packages);
    keep({ "cluster.yaml": yaml });
    keep({ "cowctl init": await initCluster(primary, yaml) });
  });
}

/** Joins hosts, each with the line that its token came in. */
export function join(
  { step }: Recorder,
  primary: LabHost,
  hosts: readonly LabHost[],
  packages: ProductPackages,
): Promise<void> {
  const names = hosts.map(({ name }) => name).join(" and ");
  return step(`join ${names} with the line of cowctl token create`, async (keep) => {
    const joins = hosts.map(async (host) => {
      await installProduct(host, packages);
      const line = await createJoinLine(primary, host.name);
      keep({ [`on ${host.name}`]: `${hideSecret(line)}\n${await pasteLine(host, line)}` });
    });
    await Promise.all(joins);
  });
}

/** Waits with the product's own command, and shows the hostfile that appeared. */
export function untilReady({ step }: Recorder, primary: LabHost, timeout: string): Promise<void> {
  return step("wait until every node is ready", async (keep) => {
    keep({ "cowctl status": await waitUntilReady(primary, timeout) });
    keep({ hostfile: (await readHostfile(primary)) ?? "none" });
  });
}

/** Runs an MPI program with plain mpirun and holds its ranks against the hostfile. */
export function run({ step }: Recorder, primary: LabHost, program: string, name: string): Promise<void> {
  return step(name, async (keep) => {
    const hostfile = await untilHostfile(primary, "a hostfile", () => true);
    const output = await runProgram(primary, program);
    keep({ [`mpirun ${program}`]: output });
    checkRanks(output, hostfile);
  });
}

/** Cuts a secondary's power and waits until its line is gone. */
export function cutPower({ step }: Recorder, primary: LabHost, host: LabHost): Promise<void> {
  return step(`cut ${host.name}'s power`, async (keep) => {
    const startedAt = performance.now();
    await host.cutPower();
    const gone = (nodes: readonly string[]) => !nodes.includes(host.name) && nodes.length > 0;
    const hostfile = await untilHostfile(primary, `${host.name}'s line to go`, gone);
    keep({ "seconds from cut to line gone": secondsSince(startedAt), hostfile });
    keep({ "cowctl status": await primary.check(["cowctl", "status"]) });
  });
}

/** Seconds since a moment of performance.now(). */
export function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}

/** The record may be shown to others, the token is a secret. */
function hideSecret(line: string): string {
  return line.replace(/cowherd1_\S+/, "cowherd1_…");
}
