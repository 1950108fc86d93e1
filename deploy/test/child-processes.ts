import { waitFor } from "../cluster/wait-for.ts";
import type { LabHost } from "../lab/lab.ts";

const trace = "/var/tmp/agent.trace";
const unit = "watch-agent.service";

/**
 * Has the kernel tell of every program that the agent's process or a child of it starts, while
 * `during` goes on. Returns their command lines. The host needs strace.
 */
export async function startedByAgent(host: LabHost, during: () => Promise<void>): Promise<readonly string[]> {
  const pid = (
    await host.check(["systemctl", "show", "--property=MainPID", "--value", "cowherd-agent.service"])
  ).trim();
  const strace = [
    "strace",
    "--follow-forks",
    "--trace=execve",
    "--string-limit=200",
    `--output=${trace}`,
    `--attach=${pid}`,
  ];
  await host.check(["systemd-run", "--quiet", `--unit=${unit}`, ...strace]);
  await waitFor(
    "strace to attach to the agent",
    async () => ((await host.readFile(`/proc/${pid}/status`)).includes("TracerPid:\t0\n") ? undefined : true),
    { timeoutMs: 20_000 },
  );
  try {
    await during();
  } finally {
    await host.check(["systemctl", "stop", unit]);
  }
  return (await host.readFile(trace)).split("\n").filter((line) => line.includes("execve(") && line.endsWith("= 0"));
}
