import { hostname } from "node:os";
import { requireCommand } from "../run-command.ts";
import type { RunningHostname } from "../running-hostname.ts";

/**
 * The kernel's hostname. Set through hostname(1), which calls sethostname(2): containers
 * mount /proc/sys read-only, and hostnamectl needs a running D-Bus.
 */
export function createLinuxRunningHostname(): RunningHostname {
  return {
    get: async () => hostname(),
    set: async (name, signal) => void (await requireCommand(["hostname", name], { timeoutMs: 10_000 }, signal)),
  };
}
