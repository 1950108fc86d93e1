import type { LabHost } from "../lab/lab.ts";

const units = ["cowherd-controller.service", "cowherd-agent.service"];

/**
 * Tells what every host has to say after a failed step: the units that failed, and the last
 * log lines of ours. A host that cannot answer is named with the reason.
 */
export async function diagnose(hosts: Iterable<LabHost>): Promise<string> {
  const findings = await Promise.all(Array.from(hosts, diagnoseHost));
  return findings.join("");
}

async function diagnoseHost(host: LabHost): Promise<string> {
  const ask = async (...command: string[]) => (await host.run(command, { timeoutMs: 15_000 })).stdout.trimEnd();
  try {
    const failed = await ask("systemctl", "list-units", "--failed", "--plain", "--no-legend");
    const logs = await Promise.all(
      units.map(async (unit) => {
        const lines = await ask("journalctl", "--unit", unit, "--lines", "15", "--no-pager", "--output", "cat");
        return lines === "" ? "" : `  ${unit}, last lines:\n${indent(lines)}`;
      }),
    );
    const state = failed === "" ? "  no failed unit\n" : `  failed units:\n${indent(failed)}`;
    return `${host.name}:\n${state}${logs.join("")}`;
  } catch (error) {
    return `${host.name}: cannot be asked: ${error instanceof Error ? error.message : String(error)}\n`;
  }
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}\n`)
    .join("");
}
