import { mkdir, open, readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { BootFailedError, HostOffError } from "../lab-error.ts";
import type { Cgroup } from "./cgroup.ts";
import { startCommand } from "./command.ts";
import { openGuestAgent } from "./guest-agent.ts";
import { openMonitor } from "./monitor.ts";
import { namespacePath } from "./network.ts";
import { qemuCommand, type VirtualMachine } from "./qemu.ts";

/** An emulated machine boots in half a minute alone, and three at once take longer. */
const BOOT_MS = 300_000;
const START_MS = 20_000;
const POLL_MS = 200;
const ANSWER_MS = 20_000;

/** A virtual machine and where it runs. */
export type PoweredVm = {
  readonly host: string;
  readonly namespace: string;
  readonly cgroup: Cgroup;
  /** The folder of the machine's sockets. */
  readonly socketFolder: string;
  /** What QEMU's own complaints are written to. */
  readonly log: string;
};

/**
 * Boots the machine, unless it is up or comes up; one that is going down is booted once it
 * has. Resolves when systemd has started everything and sshd answers at `address`; rejects
 * with BootFailedError if that does not come. The machine outlives this process, and dies
 * with its cgroup.
 */
export async function bootVm(
  powered: PoweredVm,
  address: string,
  isPluggedIn: boolean,
  describe: () => Promise<VirtualMachine>,
  sockets: VirtualMachine["sockets"],
): Promise<void> {
  const { host, cgroup } = powered;
  const sshd = isPluggedIn ? address : "127.0.0.1"; // networkd takes a NIC's address away with its carrier
  const isGone = async () => !(await cgroup.isPopulated());
  if (!(await isGone()) && (await whyNotUp(powered, sshd, sockets.agent, isGone)) === undefined) return;
  const vm = await describe();
  const hasEnded = await startVm(powered, vm, isPluggedIn);
  const why = await whyNotUp(powered, sshd, sockets.agent, async () => hasEnded());
  if (why === undefined) return;
  const said = `${await readFile(vm.console, "utf8")}\n${await readFile(powered.log, "utf8")}`;
  throw new BootFailedError(host, why, said);
}

/** Starts QEMU. Resolves once its sockets answer, long before the guest looks at its NICs. */
async function startVm(powered: PoweredVm, vm: VirtualMachine, isPluggedIn: boolean): Promise<() => boolean> {
  const { host, namespace, cgroup, socketFolder } = powered;
  await rm(socketFolder, { recursive: true, force: true }); // those of a machine that was killed
  await mkdir(socketFolder);
  await cgroup.create();
  await using log = await open(powered.log, "a");
  const command = cgroup.enter(["nsenter", `--net=${namespacePath(namespace)}`, ...qemuCommand(vm)]);
  const qemu = await startCommand(command, log.fd);
  const monitor = openMonitor(host, vm.sockets.monitor);
  for (const deadline = performance.now() + START_MS; ; await sleep(POLL_MS)) {
    const hasEnded = qemu.hasEnded() || performance.now() > deadline;
    const answers = await monitor.isRunning().catch((error: unknown) => {
      if (error instanceof HostOffError) return false;
      throw error;
    });
    if (answers) break;
    if (hasEnded) throw new BootFailedError(host, "QEMU does not start", await readFile(powered.log, "utf8"));
  }
  if (!isPluggedIn) await monitor.setCarrier(false);
  return qemu.hasEnded;
}

/** Waits until the machine is up, which is undefined, or has ended or taken too long, which is why it is not up. */
async function whyNotUp(
  { host }: PoweredVm,
  sshd: string,
  agentSocket: string,
  hasEnded: () => Promise<boolean>,
): Promise<string | undefined> {
  const agent = openGuestAgent(host, agentSocket);
  const ask = async (command: readonly string[]) => {
    const limit = AbortSignal.timeout(ANSWER_MS);
    const started = await agent.start(command, undefined, limit);
    return started.ended();
  };
  const deadline = performance.now() + BOOT_MS;
  let why = "its guest agent does not answer";
  while (performance.now() < deadline && !(await hasEnded())) {
    try {
      const state = (await ask(["/bin/systemctl", "is-system-running", "--wait"])).stdout.trim();
      if (state === "running" || state === "degraded") {
        if ((await ask(["/bin/bash", "-c", SSHD_GREETS, "lab", sshd])).exitCode === 0) return undefined;
        why = "sshd does not answer";
      } else if (state !== "") {
        why = `systemd says ${state}`;
      }
    } catch (error) {
      if (!(error instanceof HostOffError) && !isTimeout(error)) throw error;
    }
    await sleep(POLL_MS);
  }
  return why;
}

/** $1 is an address. */
const SSHD_GREETS = 'exec 3<> "/dev/tcp/$1/22" && read -r -t 10 greeting <&3 && [[ $greeting == SSH-2.0-* ]]';

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}
