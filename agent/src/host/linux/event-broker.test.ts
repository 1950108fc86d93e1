import { describe, expect, it } from "vitest";
import { createManualClock } from "../../manual-clock.ts";
import { EventBrokerError } from "../event-broker.ts";
import type { CommandEnd } from "../run-command.ts";
import { createLinuxEventBroker } from "./event-broker.ts";

const signal = new AbortController().signal;
const at = { address: "192.168.56.10", port: 4222 };
const ids = { uid: 990, gid: 990 };
const wanted = "/etc/systemd/system/multi-user.target.wants/cowherd-nats.service";

type World = {
  /** How commands end, by their first two words; all others end well and say nothing. */
  readonly ends?: Readonly<Record<string, Partial<CommandEnd>>>;
  /** Where something listens before the broker does. */
  readonly taken?: readonly string[];
  /** The broker never takes a connection. */
  readonly mute?: boolean;
};

/** A machine whose systemd does what it is told, and what it was told. */
function machine({ ends = {}, taken = [], mute = false }: World = {}) {
  const told: string[] = [];
  let [isRunning, isEnabled] = [false, false];
  const clock = createManualClock();
  const broker = createLinuxEventBroker({
    async run(argv) {
      const words = argv.filter((word) => word !== "--no-ask-password");
      told.push(words.join(" "));
      if (words[1] === "start") isRunning = true;
      if (words[1] === "stop" || words.includes("--now")) isRunning = false;
      if (words[1] === "enable") isEnabled = true;
      return { exitCode: 0, stdout: "", stderr: "", ...ends[words.slice(0, 2).join(" ")] };
    },
    async readText(path) {
      return path === wanted && isEnabled ? "[Unit]" : undefined;
    },
    readLink: async () => (isRunning ? "an invocation" : undefined),
    connects: async (address) => taken.includes(address) || (isRunning && !mute),
    clock: { ...clock, sleep: (ms) => clock.pass(ms) },
  });
  return { broker, told };
}

describe("the broker under systemd", () => {
  it("is ended before it is started by units that may be others, and is enabled once", async () => {
    const { broker, told } = machine();
    await broker.start(at, signal);
    await broker.start(at, signal);
    const [first, second] = [told.slice(0, 4), told.slice(4)];
    const unit = "cowherd-nats.service";
    const all = `${unit} cowherd-nats-network.socket cowherd-nats-network.service`;
    const start = ["systemctl daemon-reload", `systemctl stop ${all}`, `systemctl start ${unit}`];
    expect(first).toEqual([...start.slice(0, 2), `systemctl enable ${unit}`, ...start.slice(2)]);
    expect(second).toEqual(start);
    expect(await broker.look()).toEqual({ enabled: true, run: "an invocation" });
  });

  it.each(["127.0.0.1", "192.168.56.10"])(
    "is not started where something else listens at %s, and says so",
    async (place) => {
      const { broker, told } = machine({ taken: [place] });
      const started = broker.start(at, signal);
      await expect(started).rejects.toThrow(EventBrokerError);
      await expect(started).rejects.toThrow(`something else listens at ${place}:4222`);
      expect(told.join()).not.toContain("systemctl start");
    },
  );

  it("tells its last complaint where it takes no connection in time", async () => {
    const stdout = "[INF] Starting nats-server\n[1] [FTL] listen tcp 127.0.0.1:4222: address already in use\n";
    const { broker } = machine({ mute: true, ends: { "journalctl --unit=cowherd-nats.service": { stdout } } });
    await expect(broker.start(at, signal)).rejects.toThrow(/port 4222: listen tcp .* address already in use$/);
  });

  it("tells in one line what systemd refuses", async () => {
    const stderr = "Job for cowherd-nats.service failed.\nSee journalctl.\n";
    const { broker } = machine({ ends: { "systemctl reload": { exitCode: 1, stderr } } });
    await expect(broker.reload(signal)).rejects.toThrow("systemctl reload cowherd-nats.service: See journalctl.");
  });

  it("tells in one line what its program says against a configuration", async () => {
    const stderr = "nats-server: users.conf:7:1: Unknown field\n";
    const { broker } = machine({ ends: { "/opt/nats -t": { exitCode: 1, stderr } } });
    await expect(broker.judge("/opt/nats", "/etc/x.conf", ids, signal)).rejects.toThrow(/Unknown field$/);
  });

  it.each<[Partial<CommandEnd>, string | undefined]>([
    [{ stdout: "nats-server: v2.15.1\n" }, "2.15.1"],
    [{ stdout: "nats-server: v2.11.0-RC.2\n" }, "2.11.0"],
    [{ stdout: "GNU bash, version 5.2\n" }, undefined],
    [{ stdout: "nats-server: v2.15.1\n", exitCode: 1 }, undefined],
  ])("reads the version of a program that says %j", async (end, version) => {
    const { broker } = machine({ ends: { "/opt/nats --version": end } });
    expect(await broker.version("/opt/nats", ids, signal)).toBe(version);
  });
});
