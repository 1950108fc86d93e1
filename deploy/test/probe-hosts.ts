import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Probe, Proof } from "@cowherd/proto";
import type { LabHost } from "../lab/lab.ts";
import { buildRankProgram } from "../packaging/rank-program.ts";
import { bundleForHost } from "./bundle-for-host.ts";

const driver = "/opt/probes.mjs";
const unit = fileURLToPath(new URL("../systemd/cowherd-agent.service", import.meta.url));
const fixture = new URL("../../agent/src/host/linux/probes.fixture.ts", import.meta.url);

/** Puts on each host what answers probes there as the agent does, and the program of two ranks where the package has it. */
export async function prepareProbes(hosts: readonly LabHost[], work: string): Promise<void> {
  await bundleForHost(fixture, `${work}/probes.mjs`);
  const program = await buildRankProgram(work);
  for (const host of hosts) {
    await host.copyIn(process.execPath, "/opt/node", 0o755);
    await host.copyIn(`${work}/probes.mjs`, driver);
    await host.copyIn(program, "/usr/lib/cowherd/two-ranks", 0o755);
  }
}

/** Lets a host answer a probe within all the limits of the agent's unit. */
export async function answerOn(host: LabHost, probe: Probe): Promise<readonly Proof[]> {
  const limits = (await unitLimits()).map((line) => `--property=${line}`);
  const run = [
    "systemd-run",
    "--quiet",
    "--wait",
    "--pipe",
    "--collect",
    ...limits,
    "/opt/node",
    driver,
    JSON.stringify(probe),
  ];
  return JSON.parse(await host.check(run, { timeoutMs: 150_000 }));
}

/** The lines of the agent's unit that keep it within bounds. */
async function unitLimits(): Promise<readonly string[]> {
  const [, service = ""] = (await readFile(unit, "utf8")).split("[Service]\n");
  const [lines = ""] = service.split("[Install]");
  const kept =
    /^(KillMode|MemoryMax|TasksMax|OOMScoreAdjust|NoNewPrivileges|Lock|Restrict(?!Prevent)|SystemCall|Capability)/;
  return lines.split("\n").filter((line) => kept.test(line));
}
