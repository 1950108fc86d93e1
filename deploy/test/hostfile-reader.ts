import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { hostfilePath } from "../cluster/operate.ts";
import type { LabHost } from "../lab/lab.ts";

const reader = fileURLToPath(new URL("hostfile-reader.mjs", import.meta.url));

/** What a reader saw: how often it read, and every state of the file that should never have been. */
export type Reading = { readonly reads: number; readonly wrong: readonly string[] };

/**
 * Starts to read the primary's hostfile every 10 ms, on the primary itself. `always` are the
 * nodes that it must never miss. The returned function ends it and tells what it saw.
 */
export async function readHostfileAllTheTime(
  host: LabHost,
  always: readonly string[],
): Promise<() => Promise<Reading>> {
  await host.copyIn(reader, "/var/tmp/hostfile-reader.mjs");
  const reading = host.check([
    "systemd-run",
    "--quiet",
    "--pipe",
    "--wait",
    "--unit=hostfile-reader",
    "/usr/lib/cowherd/runtime/node",
    "/var/tmp/hostfile-reader.mjs",
    hostfilePath,
    "",
    ...always,
  ]);
  reading.catch(() => {}); // who ends it is told
  return async (): Promise<Reading> => {
    await host.check(["systemctl", "kill", "--signal=TERM", "hostfile-reader.service"]);
    return JSON.parse(await reading);
  };
}

/** A reader on this machine. Disposing of it ends it. */
export type LocalReader = AsyncDisposable & {
  /** Ends it and tells what it saw. */
  stop(): Promise<Reading>;
};

/**
 * Starts to read a hostfile of this machine every 10 ms, in a process of its own. `ready` are the
 * nodes that it may name, any where there are none; `always` those that it must never miss.
 */
export function readLocalHostfileAllTheTime(
  path: string,
  ready: readonly string[],
  always: readonly string[],
): LocalReader {
  const reading = spawn(process.execPath, [reader, path, ready.join(","), ...always], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = text(reading.stdout);
  const ended = once(reading, "exit");
  return {
    async stop() {
      reading.kill("SIGTERM");
      await ended;
      return JSON.parse(await said);
    },
    async [Symbol.asyncDispose]() {
      reading.kill("SIGKILL");
      await ended;
    },
  };
}
