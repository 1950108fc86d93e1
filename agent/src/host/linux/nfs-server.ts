import { parseExportTable } from "../export-table.ts";
import { type NfsServer, NfsServerError } from "../nfs-server.ts";
import type { CommandEnd } from "../run-command.ts";

/** What the adapter stands on. Tests reach a machine from outside through the same. */
export type LinuxNfsServerDeps = {
  /** Runs a command to its end, or rejects after `timeoutMs`. */
  run(argv: readonly [string, ...string[]], timeoutMs: number, signal: AbortSignal): Promise<CommandEnd>;
  /** Reads a text that is on no network file system. Undefined when it is not there. */
  readText(path: string): Promise<string | undefined>;
};

const unit = "nfs-server.service"; // Debian and Ubuntu have nfs-kernel-server for a second name
const wanted = `/etc/systemd/system/multi-user.target.wants/${unit}`;
const systemctlMs = 120_000;

/** The kernel's NFS server, run by systemd as nfs-kernel-server installs it. */
export function createLinuxNfsServer({ run, readText }: LinuxNfsServerDeps): NfsServer {
  const isEnabled = async () => (await readText(wanted)) !== undefined;
  const isRunning = async () => Number((await readText("/proc/fs/nfsd/threads"))?.trim() ?? 0) > 0;

  const systemctl = async (verb: string, signal: AbortSignal) => {
    const { exitCode, stderr } = await run(["systemctl", "--no-ask-password", verb, unit], systemctlMs, signal);
    if (exitCode === 0) return;
    if (!/\bnfsd$/m.test((await readText("/proc/filesystems")) ?? ""))
      throw new NfsServerError(`${unit}: this machine's kernel cannot serve NFS (it knows no nfsd)`);
    throw new NfsServerError(
      `systemctl ${verb} ${unit}: ${stderr.trim().split("\n").at(0) || `exit code ${exitCode}`}`,
    );
  };

  return {
    async look() {
      const exports = parseExportTable((await readText("/var/lib/nfs/etab")) ?? "");
      return { enabled: await isEnabled(), running: await isRunning(), exports };
    },

    async serve(signal) {
      if (!(await isEnabled())) await systemctl("enable", signal);
      // systemd can take a server without threads for one that is active, and would only reload it.
      await systemctl((await isRunning()) ? "reload-or-restart" : "restart", signal);
    },
  };
}
