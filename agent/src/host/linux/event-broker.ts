import type { Clock } from "../../clock.ts";
import { type EventBroker, EventBrokerError } from "../event-broker.ts";
import type { runCommand } from "../run-command.ts";

/** What the adapter stands on. */
export type LinuxEventBrokerDeps = {
  readonly run: typeof runCommand;
  /** Reads a text of the kernel's or of systemd's. Undefined when it is not there. */
  readText(path: string): Promise<string | undefined>;
  /** Reads where a symbolic link leads. Undefined where there is none. */
  readLink(path: string): Promise<string | undefined>;
  /** Tells whether something takes connections there. */
  connects(address: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<boolean>;
  readonly clock: Clock;
};

const unit = "cowherd-nats.service";
const door = ["cowherd-nats-network.socket", "cowherd-nats-network.service"];
const wanted = `/etc/systemd/system/multi-user.target.wants/${unit}`;
const invocation = `/run/systemd/units/invocation:${unit}`;
const loopback = "127.0.0.1";
const askMs = 10_000;
const systemctlMs = 60_000;
const startMs = 15_000;
const lookMs = 200;

/** The NATS server that systemd runs by Cowherd's own units. */
export function createLinuxEventBroker({
  run,
  readText,
  readLink,
  connects,
  clock,
}: LinuxEventBrokerDeps): EventBroker {
  async function systemctl(words: readonly string[], signal: AbortSignal): Promise<void> {
    const argv = ["systemctl", "--no-ask-password", ...words] as const;
    const { exitCode, stderr } = await run(argv, { timeoutMs: systemctlMs }, signal);
    if (exitCode !== 0) throw new EventBrokerError(`systemctl ${words.join(" ")}: ${lastLine(stderr, exitCode)}`);
  }

  async function look() {
    // systemd has this link for as long as a unit is not inactive, and another target with each start.
    return { enabled: (await readText(wanted)) !== undefined, run: await readLink(invocation) };
  }

  /** Its own last words say why it does not start. */
  async function complaint(signal: AbortSignal): Promise<string> {
    const argv = ["journalctl", `--unit=${unit}`, "--lines=20", "--output=cat", "--no-pager"] as const;
    const { stdout } = await run(argv, { timeoutMs: askMs }, signal);
    const complaints = stdout.split("\n").filter((line) => /\[(FTL|ERR)\]/.test(line));
    return (complaints.at(-1) ?? "it tells nothing").replace(/^.*\[(FTL|ERR)\]\s*/, "");
  }

  async function awaitConnections(port: number, signal: AbortSignal): Promise<void> {
    const until = clock.now() + startMs;
    while (!(await connects(loopback, port, lookMs, signal)) || (await look()).run === undefined) {
      if (clock.now() >= until)
        throw new EventBrokerError(`${unit} takes no connections at port ${port}: ${await complaint(signal)}`);
      await clock.sleep(lookMs, signal);
      signal.throwIfAborted();
    }
  }

  return {
    async version(program, as, signal) {
      const { exitCode, stdout } = await run([program, "--version"], { timeoutMs: askMs, as }, signal);
      return exitCode === 0 ? /^nats-server: v(\d+\.\d+\.\d+)/m.exec(stdout)?.[1] : undefined;
    },

    look,

    async judge(program, configuration, as, signal) {
      const argv = [program, "-t", "--config", configuration] as const;
      const { exitCode, stderr } = await run(argv, { timeoutMs: askMs, as }, signal);
      if (exitCode !== 0) throw new EventBrokerError(`${program} -t: ${lastLine(stderr, exitCode)}`);
    },

    async start({ address, port }, signal) {
      await systemctl(["daemon-reload"], signal);
      await systemctl(["stop", unit, ...door], signal); // each by name: the stop of one would not wait for the others
      for (const place of [loopback, address]) {
        if (await connects(place, port, lookMs, signal)) throw new EventBrokerError(taken(place, port));
      }
      if (!(await look()).enabled) await systemctl(["enable", unit], signal);
      await systemctl(["start", unit], signal);
      await awaitConnections(port, signal);
    },

    reload: (signal) => systemctl(["reload", unit], signal),

    stop: (signal) => systemctl(["disable", "--now", unit, ...door], signal),
  };
}

function taken(address: string, port: number): string {
  return `something else listens at ${address}:${port}: end it, or set another events.nats.port in cluster.yaml`;
}

function lastLine(text: string, exitCode: number): string {
  return text.trim().split("\n").at(-1) || `exit code ${exitCode}`;
}
