import { fileURLToPath } from "node:url";
import { hostfilePath } from "../cluster/operate.ts";
import type { LabHost } from "../lab/lab.ts";

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
  await host.copyIn(fileURLToPath(new URL("hostfile-reader.mjs", import.meta.url)), "/var/tmp/hostfile-reader.mjs");
  const reading = host.check([
    "systemd-run",
    "--quiet",
    "--pipe",
    "--wait",
    "--unit=hostfile-reader",
    "/usr/lib/cowherd/runtime/node",
    "/var/tmp/hostfile-reader.mjs",
    hostfilePath,
    ...always,
  ]);
  return async (): Promise<Reading> => {
    await host.check(["systemctl", "kill", "--signal=TERM", "hostfile-reader.service"]);
    return JSON.parse(await reading);
  };
}
