import type { LabHost } from "../lab/lab.ts";

/** The product's two Debian packages, as paths on this machine. */
export type ProductPackages = { readonly runtime: string; readonly product: string };

/** Where the manual's hostfile lies on the primary. */
export const hostfilePath = "/home/mpihpc/.cluster_hostfile";

/** The cluster's login, by the manual's defaults. */
export const clusterUser = "mpihpc";

/**
 * What the product installs for MPI by default. Hosts of a test that is about something else
 * have it from the start.
 */
export const mpiPackages = ["openmpi-bin", "openmpi-common", "libopenmpi-dev"];

const installMs = 300_000;
const commandMs = 120_000;
/** `cowctl init` waits two minutes for its controller alone, and joins the primary after that. */
const initMs = 300_000;

/** Installs both packages as an operator would, with apt and from files. */
export async function installProduct(host: LabHost, packages: ProductPackages): Promise<void> {
  const files = { "/var/tmp/cowherd-runtime.deb": packages.runtime, "/var/tmp/cowherd.deb": packages.product };
  for (const [to, from] of Object.entries(files)) await host.copyIn(from, to, 0o644);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await host.check(["apt-get", "update"], { env, timeoutMs: installMs });
  // The agent of a cluster that stands may be installing something itself.
  const patience = ["-o", "DPkg::Lock::Timeout=120"];
  await host.check(["apt-get", "install", "--yes", "--no-install-recommends", ...patience, ...Object.keys(files)], {
    env,
    timeoutMs: installMs,
  });
}

/** The smallest cluster.yaml: names and addresses, all else by default. */
export function clusterYaml(hosts: readonly Pick<LabHost, "name" | "address">[]): string {
  const lines = hosts.map(({ name, address }) => `  ${name}: { address: ${address} }\n`);
  return `nodes:\n${lines.join("")}`;
}

/** Puts cluster.yaml on the primary and makes the cluster of it. Returns what the operator sees. */
export async function initCluster(primary: LabHost, yaml: string): Promise<string> {
  await primary.writeFile("/root/cluster.yaml", yaml);
  return primary.check(["cowctl", "init", "-f", "/root/cluster.yaml"], { timeoutMs: initMs });
}

/** Replaces the cluster spec. Returns what the operator sees. */
export async function applySpec(primary: LabHost, yaml: string): Promise<string> {
  await primary.writeFile("/root/cluster.yaml", yaml);
  return primary.check(["cowctl", "apply", "-f", "/root/cluster.yaml"], { timeoutMs: commandMs });
}

/** Makes a token and returns the line to paste on the new machine. */
export async function createJoinLine(primary: LabHost, node: string): Promise<string> {
  return (await primary.check(["cowctl", "token", "create", "--node", node], { timeoutMs: commandMs })).trim();
}

/** Pastes the join line into a root shell of the machine. Returns what the operator sees. */
export function pasteLine(host: LabHost, line: string): Promise<string> {
  return host.check(["bash", "-lc", line], { timeoutMs: commandMs });
}

/** Waits, with the product's own command, until every node of the spec is ready. Returns the table of nodes. */
export function waitUntilReady(primary: LabHost, timeout: string): Promise<string> {
  return primary.check(["cowctl", "status", "--wait", "--timeout", timeout], { timeoutMs: 900_000 });
}

/** Reads the hostfile as MPI would. Undefined where there is none yet. */
export async function readHostfile(primary: LabHost): Promise<string | undefined> {
  const { exitCode, stdout } = await primary.run(["cat", "--", hostfilePath], { timeoutMs: commandMs });
  return exitCode === 0 ? stdout : undefined;
}

/** The node names of a hostfile, in its order. */
export function hostfileNodes(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => (line === "" || line.startsWith("#") ? [] : [line.split(" ")[0] ?? ""]));
}

/** Starts an MPI program as the cluster's user with plain `mpirun PROGRAM`, and returns what its ranks printed. */
export function runProgram(primary: LabHost, program: string): Promise<string> {
  return primary.check(["mpirun", program], { user: clusterUser, timeoutMs: 90_000 });
}
