import { open, readFile, rm, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { BootFailedError } from "../lab-error.ts";
import type { Cgroup } from "./cgroup.ts";
import { runCommand, type StartedCommand, startCommand } from "./command.ts";
import { namespacePath } from "./network.ts";
import { readNamespacePids } from "./process-identity.ts";

/** A container to boot: what systemd-nspawn(1) needs to know. */
export type Container = {
  readonly machine: string;
  readonly root: string;
  readonly namespace: string;
  readonly cgroup: Cgroup;
  /** The file that its console is appended to. */
  readonly console: string;
  /** The CPUs that it may run on. All if empty. */
  readonly cpus: readonly number[];
};

const BOOT_MS = 90_000;
const POLL_MS = 50;
const RUN = "/run/systemd/nspawn";

/**
 * Boots the container, unless it is up or comes up; one that is going down is booted once
 * it has. Resolves when systemd has started everything and sshd answers at `address`;
 * rejects with BootFailedError if that does not come. The container outlives this process,
 * and dies with its cgroup.
 */
export async function bootContainer(host: string, address: string, container: Container): Promise<void> {
  const { cgroup, console } = container;
  const isGone = async () => !(await cgroup.isPopulated());
  if (!(await isGone()) && (await whyNotUp(container, address, isGone)) === undefined) return;
  await cgroup.create();
  const nspawn = await startContainer(container);
  const why = await whyNotUp(container, address, async () => nspawn.hasEnded());
  if (why !== undefined) throw new BootFailedError(host, why, await readFile(console, "utf8"));
}

/** Waits until the container is up, which is undefined, or has ended or taken too long, which is why it is not up. */
async function whyNotUp(
  { cgroup }: Container,
  address: string,
  hasEnded: () => Promise<boolean>,
): Promise<string | undefined> {
  const deadline = performance.now() + BOOT_MS;
  let why = "it has no process 1";
  while (performance.now() < deadline && !(await hasEnded())) {
    const leader = await findLeader(cgroup);
    const state = leader === undefined ? "" : await systemState(leader);
    if (leader !== undefined && (state === "running" || state === "degraded")) {
      if (await sshAnswers(leader, address)) return undefined;
      why = "sshd does not answer";
    } else if (state !== "") {
      why = `systemd says ${state}`;
    }
    await sleep(POLL_MS);
  }
  return why;
}

/** Deletes what a container that was killed leaves outside of its own folder. Harmless if there is nothing. */
export async function forgetContainer(machine: string, root: string): Promise<void> {
  await rm(`${RUN}/propagate/${machine}`, { recursive: true, force: true });
  const lock = await stat(root).catch(() => undefined); // no root any more: no lock that could be told
  if (lock) await rm(`${RUN}/locks/inode-${lock.dev}:${lock.ino}`, { force: true });
}

/** The container's process 1, by its number on this machine. Undefined if the container is not running. */
export async function findLeader(cgroup: Cgroup): Promise<number | undefined> {
  for (const pid of await cgroup.processes()) {
    const pids = await readNamespacePids(pid);
    if (pids.length === 2 && pids[1] === 1) return pid;
  }
  return undefined;
}

/**
 * Runs "$@" as its child and ends as that ends. nsenter's own fork would stop itself when its
 * child is stopped, as a shutdown does to every process before it ends them; it then never
 * reaped the child, and the container waited for it for ever.
 */
const AS_CHILD = '"$@"; exit $?'; // with the exit, or the shell would become the command

/** The command that runs `command` inside the container. */
export function inContainer(leader: number, command: readonly string[]): readonly string[] {
  return ["nsenter", `--target=${leader}`, "--all", "--no-fork", "--", "sh", "-c", AS_CHILD, "sh", ...command];
}

async function startContainer(container: Container): Promise<StartedCommand> {
  const { machine, root, namespace, cgroup, console, cpus } = container;
  const network = namespacePath(namespace);
  await using log = await open(console, "a");
  // nsenter besides --network-namespace-path: nspawn mounts /sys before it enters the namespace, and
  // /sys shows the NICs of where it was mounted. `ip netns exec` would hide the cgroups from nspawn.
  return startCommand(
    cgroup.enter([
      "nsenter",
      `--net=${network}`,
      "systemd-nspawn",
      "--quiet",
      "--boot",
      `--directory=${root}`,
      `--machine=${machine}`,
      "--settings=no",
      "--register=no",
      "--keep-unit",
      "--link-journal=no",
      "--resolv-conf=off",
      "--timezone=off",
      "--console=read-only",
      "--capability=all",
      `--network-namespace-path=${network}`,
      ...(cpus.length > 0 ? [`--cpu-affinity=${cpus.join(",")}`] : []),
    ]),
    log.fd,
  );
}

async function systemState(leader: number): Promise<string> {
  const { stdout } = await runCommand(inContainer(leader, ["systemctl", "is-system-running", "--wait"]));
  return stdout.trim();
}

async function sshAnswers(leader: number, address: string): Promise<boolean> {
  const { stdout } = await runCommand(inContainer(leader, ["ssh-keyscan", "-T", "2", "-t", "ed25519", address]));
  return stdout !== "";
}
