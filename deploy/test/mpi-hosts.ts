import { createMemoryHost, mpiParametersResource } from "@cowherd/agent";
import type { LabHost } from "../lab/lab.ts";

const user = "ranks";
const program = "/srv/allreduce";
const hostfile = "/srv/hostfile";
const ordinary = {
  id: "mpi-parameters",
  requires: [],
  kind: "mpiParameters",
  subnet: "192.168.56.0/24",
  defaultHostfile: hostfile,
} as const;

/** All that the resource looks at. What a host lacks stays away in its copy too. */
const looked = [
  "/etc/openmpi/openmpi-mca-params.conf",
  "/etc/openmpi/prte-mca-params.conf",
  "/etc/ucx/ucx.conf",
  "/usr/bin/prterun",
  "/usr/bin/mpiexec.hydra",
];

/** Lets a user of each host log in at every other one and run the program of the demo there, by the compiler of that name. */
export async function prepareRanks(hosts: readonly LabHost[], source: string, compiler: string): Promise<void> {
  const [first] = hosts;
  if (first === undefined) return;
  const names = hosts.map(({ name, address }) => `${address} ${name}\n`).join("");
  await first.check(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/ranks"]);
  const [key, publicKey] = [await first.readFile("/root/ranks"), await first.readFile("/root/ranks.pub")];
  for (const host of hosts) {
    await host.writeFile("/etc/hosts", `127.0.0.1 localhost\n${names}`);
    await host.writeFile("/etc/hostname", `${host.name}\n`);
    await host.check(["hostname", host.name]);
    await host.check(["useradd", "--create-home", "--shell", "/bin/bash", user]);
    const folder = `/home/${user}/.ssh`;
    await host.writeFile(`${folder}/id_ed25519`, key, 0o600);
    await host.writeFile(`${folder}/authorized_keys`, publicKey);
    await host.writeFile(`${folder}/config`, "Host *\n  StrictHostKeyChecking no\n  LogLevel ERROR\n");
    await host.check(["chown", "-R", `${user}:`, folder]);
    await host.copyIn(source, `${program}.c`);
    await host.check([compiler, "-O2", "-o", program, `${program}.c`]);
    await host.writeFile(hostfile, hosts.map(({ name }) => `${name} slots=1\n`).join(""));
    await host.writeFile(`${hostfile}.mpich`, hosts.map(({ name }) => `${name}:1\n`).join(""));
  }
}

/**
 * Brings the host's MPI files to what the agent's resource plans for them, and returns which it
 * wrote. `more` is what the hosts' slots ask for.
 */
export async function applyParameters(
  host: LabHost,
  more: { readonly overloads: boolean } = { overloads: false },
): Promise<readonly string[]> {
  const parameters = { ...ordinary, ...more };
  const files: Record<string, string> = {};
  for (const path of looked) {
    const { exitCode } = await host.run(["test", "-e", path]);
    if (exitCode === 0) files[path] = path.startsWith("/usr") ? "" : await host.readFile(path);
  }
  const copy = createMemoryHost({ files, addresses: await liveAddresses(host) });
  const observed = await mpiParametersResource.read(parameters, copy, AbortSignal.timeout(10_000));
  const changes = mpiParametersResource.plan(parameters, observed);
  for (const { path, file } of changes) await host.writeFile(path, file.content.toString(), file.mode);
  return changes.map(({ path }) => path);
}

/** How a run of the program ended: what it and MPI said, and its exit code, 124 where it was cut short. */
export type RanksEnd = { readonly exitCode: number; readonly output: string };

/** Runs a launcher with the program as the hosts' user and cuts it short after so many seconds. */
export async function runRanks(host: LabHost, launch: readonly string[], seconds: number): Promise<RanksEnd> {
  const command = ["timeout", "--kill-after=2", `${seconds}`, ...launch, program];
  const { exitCode, stdout, stderr } = await host.run(command, { user, timeoutMs: (seconds + 20) * 1_000 });
  return { exitCode, output: stdout + stderr };
}

async function liveAddresses(host: LabHost): Promise<{ readonly interface: string; readonly address: string }[]> {
  const text = await host.check(["ip", "-brief", "-4", "address"]);
  return text.split("\n").flatMap((line) => {
    const [name = "", , ...held] = line.trim().split(/\s+/);
    const device = name.split("@")[0] ?? name;
    return held.map((cidr) => ({ interface: device, address: cidr.split("/")[0] ?? cidr }));
  });
}
