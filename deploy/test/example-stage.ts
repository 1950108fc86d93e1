import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { waitFor } from "../cluster/wait-for.ts";
import type { RunResult } from "../lab/lab.ts";
import { checkCommand, runCommand } from "../lab/machine/command.ts";

/** A program that was started on a stage. */
export type Player = {
  /** The whole lines that it wrote so far, to its output and its error output. */
  lines(): readonly string[];
  /** Waits until it has written a line like this. */
  said(like: RegExp): Promise<string>;
  stop(): Promise<void>;
};

/**
 * A place on this machine where the primary's address, its ports and /home are an example's own,
 * so that it runs as it is written: a network with nothing but loopback, and an empty /home.
 */
export type Stage = AsyncDisposable & {
  run(command: readonly string[], options?: { readonly folder?: string; readonly input?: string }): Promise<RunResult>;
  start(command: readonly string[], folder: string): Player;
};

/** nsenter's own --wd means a folder outside. */
const enter = 'cd "$1" && shift && exec "$@"';

/** Sets one up, on which the address leads to itself. Needs root. */
export async function setStage(address: string): Promise<Stage> {
  const network = `ip link set lo up && ip address add ${address}/32 dev lo`;
  const script = `${network} && mount -t tmpfs none /home && echo set && exec sleep infinity`;
  const keeper = spawn("unshare", ["--net", "--mount", "sh", "-c", script], { stdio: ["ignore", "pipe", "inherit"] });
  await once(keeper.stdout, "data");
  const inside = (folder: string, command: readonly string[]) =>
    ["nsenter", `--target=${keeper.pid}`, "--net", "--mount", "sh", "-c", enter, "sh", folder, ...command] as const;
  const players: Player[] = [];
  return {
    run: (command, { folder = "/", input } = {}) => runCommand(inside(folder, command), { input }),
    start(command, folder) {
      const [program, ...args] = inside(folder, command);
      const player = play(spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] }), command.join(" "));
      players.push(player);
      return player;
    },
    async [Symbol.asyncDispose]() {
      for (const player of players) await player.stop();
      await end(keeper);
    },
  };
}

function play(child: ChildProcess, name: string): Player {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const lines = () => text.split("\n").slice(0, -1);
  return {
    lines,
    said: (like) =>
      waitFor(`${name} to say ${like}`, async () => lines().find((line) => like.test(line)), { timeoutMs: 30_000 }),
    stop: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Makes a certificate with the names that the product's broker has; it is its own authority. */
export async function makeCertificate(folder: string, node: string, address: string): Promise<void> {
  const names = [`DNS:${node}`, "DNS:localhost", `IP:${address}`, "IP:127.0.0.1"].join(",");
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", `${folder}/key.pem`];
  const certificate = ["-days", "2", "-subj", "/CN=broker", "-addext", `subjectAltName=${names}`];
  await checkCommand(["openssl", "req", "-x509", ...key, ...certificate, "-out", `${folder}/ca.pem`]);
}
