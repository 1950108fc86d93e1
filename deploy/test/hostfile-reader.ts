import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { hostfilePath } from "../cluster/operate.ts";
import { waitFor } from "../cluster/wait-for.ts";
import type { LabHost } from "../lab/lab.ts";

const program = fileURLToPath(new URL("hostfile-reader.mjs", import.meta.url));

/** What a reader saw: how often it read, and every state of the file that should never have been. */
export type Reading = { readonly reads: number; readonly wrong: readonly string[] };

/** A reader that has read the file once, and goes on until it is told to stop. */
export type HostfileReader = {
  /** Ends it and tells what it saw. */
  stop(): Promise<Reading>;
};

const unit = "hostfile-reader.service";
const said = "/run/hostfile-reader";

/**
 * Starts to read the primary's hostfile every 10 ms, on the primary itself. `always` are the
 * nodes that it must never miss. Resolves once it has read.
 */
export async function readHostfileAllTheTime(host: LabHost, always: readonly string[]): Promise<HostfileReader> {
  await host.copyIn(program, "/var/tmp/hostfile-reader.mjs");
  await host.check([
    "systemd-run",
    "--quiet",
    "--collect",
    "--service-type=exec", // its output is there once it has started
    `--unit=${unit}`,
    `--property=StandardOutput=truncate:${said}`,
    "/usr/lib/cowherd/runtime/node",
    "/var/tmp/hostfile-reader.mjs",
    hostfilePath,
    "",
    ...always,
  ]);
  const lines = async () => (await host.readFile(said)).split("\n");
  await waitFor("the reader of the hostfile to read", async () => (await lines()).length > 1 || undefined, {
    timeoutMs: 30_000,
  });
  return {
    async stop() {
      await host.check(["systemctl", "stop", unit]);
      return parseReading((await lines())[1]);
    },
  };
}

/** A reader on this machine. Disposing of it ends it. */
export type LocalReader = HostfileReader & AsyncDisposable;

/**
 * Starts to read a hostfile of this machine every 10 ms, in a process of its own. `ready` are the
 * nodes that it may name, any where there are none; `always` those that it must never miss.
 * Resolves once it has read.
 */
export async function readLocalHostfileAllTheTime(
  path: string,
  ready: readonly string[],
  always: readonly string[],
): Promise<LocalReader> {
  const reading = spawn(process.execPath, [program, path, ready.join(","), ...always], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: reading.stdout })[Symbol.asyncIterator]();
  const ended = once(reading, "exit");
  if ((await lines.next()).done) throw new TypeError(`the reader of ${path} ended before it read`);
  return {
    async stop() {
      reading.kill("SIGTERM");
      return parseReading((await lines.next()).value);
    },
    async [Symbol.asyncDispose]() {
      reading.kill("SIGKILL");
      await ended;
    },
  };
}

function parseReading(line: string | undefined): Reading {
  if (line === undefined || line === "") throw new TypeError("the reader of the hostfile said nothing of what it saw");
  return JSON.parse(line);
}
