import { connect } from "node:net";
import type { Clock } from "../../clock.ts";
import { MountError, type Mounted, type Mounts } from "../mounts.ts";
import type { CommandEnd } from "../run-command.ts";
import type { LoneProcesses } from "./lone-process.ts";
import { judgeProbe, probeCommand } from "./mount-probe.ts";
import { mountedAt, mountIdentityAt } from "./mount-table.ts";
import { isFresh, isHung, type ProbeRecord, withLateProbe } from "./probe-record.ts";
import { unitOfPath } from "./unit-name.ts";

/** What the adapter stands on. Tests reach a machine from outside through the same. */
export type LinuxMountsDeps = {
  /** Runs a command to its end, or rejects after `timeoutMs`. */
  run(argv: readonly [string, ...string[]], timeoutMs: number, signal: AbortSignal): Promise<CommandEnd>;
  /** Runs the probes. */
  readonly probes: LoneProcesses;
  /** Reads a text that is on no network file system. Undefined when it is not there. */
  readText(path: string): Promise<string | undefined>;
  /** Whether somebody takes a TCP connection. */
  connects(address: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<boolean>;
  readonly clock: Pick<Clock, "now">;
  /** Makes the name of the probe's file: this machine's own, so that no two nodes meet in one. */
  probeName(): string;
  /** Makes a word that was not written before. */
  word(): string;
};

const nfsPort = 2049;
const answerMs = 3_000;
const unmountMs = 10_000;
const systemctlMs = 60_000;
const mostLayers = 8;

/** Mounts by the kernel's list, systemd's automounts and umount(8). */
export function createLinuxMounts(deps: LinuxMountsDeps): Mounts {
  const { run, probes, readText, connects, clock, probeName, word } = deps;
  const records = new Map<string, ProbeRecord>(); // by path

  const mountInfo = async () => (await readText("/proc/self/mountinfo")) ?? "";
  const mountedNow = async (path: string) => mountedAt(await mountInfo(), path);

  const systemctl = async (args: readonly string[], signal: AbortSignal) => {
    const end = await run(["systemctl", "--no-ask-password", ...args], systemctlMs, signal);
    if (end.exitCode !== 0) throw new MountError(`systemctl ${args.join(" ")}: ${lastLine(end)}`);
  };

  /** What mount.nfs said in the last minute; whoever met the automount was told no more than "No such device". */
  const mountsWords = async (path: string, signal: AbortSignal) => {
    const unit = unitOfPath(path, "mount");
    const options = ["--boot", "--since=-60s", "--lines=50", "--output=cat", "--quiet", "--no-pager"];
    const { stdout } = await run(["journalctl", `--unit=${unit}`, ...options], unmountMs, signal);
    return stdout.split("\n").findLast((line) => line.startsWith("mount.nfs"));
  };

  return {
    async look(path) {
      const at = (suffix: "mount" | "automount") => `/run/systemd/generator/${unitOfPath(path, suffix)}`;
      const automount = await readText(at("automount"));
      const unit = automount === undefined ? undefined : await readText(at("mount"));
      const setting = (name: string) => unit?.match(new RegExp(`^${name}=(.*)$`, "m"))?.[1] ?? "";
      const loaded = unit === undefined ? undefined : { source: setting("What"), options: setting("Options") };
      return { mounted: await mountedNow(path), loaded };
    },

    async answers(address, signal) {
      const answers = await connects(address, nfsPort, answerMs, signal);
      if (!answers) records.clear(); // it may come back as another one, with its grace period before it
      return answers;
    },

    async probe(path, signal) {
      const mount = mountIdentityAt(await mountInfo(), path); // what hangs in a former mount says nothing of this one
      if (isFresh(records.get(path), mount, clock.now())) return { state: "healthy" };
      const health = judgeProbe(await probes(mount, probeCommand(path, probeName(), word()), signal));
      if (health.state === "slow") {
        const record = withLateProbe(records.get(path), mount, clock.now());
        records.set(path, record);
        return isHung(record, clock.now()) ? { ...health, state: "hung" } : health;
      }
      records.delete(path);
      if (health.state === "healthy") {
        const used = mountIdentityAt(await mountInfo(), path); // which it may be that the probe mounted
        records.set(path, { mount: used, goodAt: clock.now() });
      }
      if (health.state !== "refused" || (await mountedNow(path)).some(isNetwork)) return health;
      return { ...health, reason: (await mountsWords(path, signal)) ?? health.reason };
    },

    async detach(path, signal) {
      for (let layer = 0; layer < mostLayers; layer += 1) {
        const top = (await mountedNow(path)).at(-1);
        if (top === undefined || !isNetwork(top)) return;
        // Lazy alone, never forced: what waits for the server must not be told that its write failed.
        const argv = ["umount", "--lazy", "--internal-only", "--no-canonicalize", "--", path] as const;
        const end = await run(argv, unmountMs, signal);
        if (end.exitCode !== 0) throw new MountError(`unmount ${path}: ${lastLine(end)}`);
      }
      throw new MountError(`unmount ${path}: more than ${mostLayers} file systems are mounted there`);
    },

    async arm(path, signal) {
      await systemctl(["daemon-reload"], signal);
      const top = (await mountedNow(path)).at(-1);
      if (top !== undefined && isNetwork(top)) return;
      const units = [unitOfPath(path, "mount"), unitOfPath(path, "automount")];
      await systemctl(["reset-failed", ...units], signal).catch(() => {
        signal.throwIfAborted(); // it fails where there is nothing to reset
      });
      await systemctl(["restart", unitOfPath(path, "automount")], signal);
    },
  };
}

/** Whether somebody takes a TCP connection from this process, at an address that needs no name looked up. */
export async function connects(
  address: string,
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      settle();
    };
    const onAbort = () => end(() => reject(signal.reason));
    const timer = setTimeout(() => end(() => resolve(false)), timeoutMs);
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("connect", () => end(() => resolve(true)));
    socket.once("error", () => end(() => resolve(false)));
  });
}

function isNetwork({ type }: Mounted): boolean {
  return /^nfs4?$/.test(type);
}

function lastLine({ stderr, exitCode }: CommandEnd): string {
  return stderr.trim().split("\n").at(-1) || `exit code ${exitCode}`;
}
