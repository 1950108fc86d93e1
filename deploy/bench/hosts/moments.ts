import { applySpec, createJoinLine, hostfilePath, pasteLine, readHostfile } from "../../cluster/operate.ts";
import { untilGone, untilListed } from "../../cluster/status.ts";
import { waitFor } from "../../cluster/wait-for.ts";
import type { LabHost } from "../../lab/lab.ts";
import { benchYaml } from "./bench-yaml.ts";

/** The hosts of the bench. `newcomer` comes and goes. */
export type BenchCluster = {
  readonly primary: LabHost;
  readonly newcomer: LabHost;
  readonly hosts: readonly LabHost[];
};

const patienceMs = 120_000;

/**
 * Joins the newcomer, on which everything is installed, and waits for its line. Milliseconds from
 * the pasted line on, and from the last proof on.
 */
export async function measureJoin({
  primary,
  newcomer,
}: BenchCluster): Promise<{ lineMs: number; afterProofMs: number }> {
  await primary.check(["cowctl", "node", "remove", newcomer.name, "--yes"]);
  await untilGone(primary, newcomer.name);
  const line = await createJoinLine(primary, newcomer.name);
  const from = Date.now();
  await pasteLine(newcomer, line);
  await untilListed(primary, newcomer.name);
  const at = await writtenAt(primary);
  return { lineMs: at - from, afterProofMs: Math.max(0, at - (await lastProofAt(primary, newcomer.name))) };
}

/** Cuts the newcomer's power and waits until its line is gone. Leaves it listed again. Milliseconds. */
export async function measureCut({ primary, newcomer }: BenchCluster): Promise<number> {
  const from = Date.now();
  await newcomer.cutPower();
  await untilGone(primary, newcomer.name);
  const at = await writtenAt(primary);
  await newcomer.powerOn();
  await untilListed(primary, newcomer.name);
  return at - from;
}

/** Gives the newcomer so many slots in cluster.yaml, and waits for the file that says so. Milliseconds from `cowctl apply` on. */
export async function measureSlots({ primary, newcomer, hosts }: BenchCluster, slots: number): Promise<number> {
  const from = Date.now();
  await applySpec(primary, benchYaml(hosts, { of: newcomer, slots }));
  await waitFor(
    `${newcomer.name} slots=${slots}`,
    async () => ((await readHostfile(primary))?.includes(`${newcomer.name} slots=${slots}\n`) ? true : undefined),
    { timeoutMs: patienceMs },
  );
  return (await writtenAt(primary)) - from;
}

/** When the hostfile was written, in milliseconds since 1970: containers share this machine's clock. */
async function writtenAt(primary: LabHost): Promise<number> {
  return Number(await primary.check(["stat", "--format=%.3Y", hostfilePath])) * 1_000;
}

async function lastProofAt(primary: LabHost, node: string): Promise<number> {
  const { proofs }: { proofs: readonly { readonly at: string | null }[] } = JSON.parse(
    await primary.check(["cowctl", "explain", node, "-o", "json"]),
  );
  return Math.max(...proofs.flatMap(({ at }) => (at === null ? [] : [Date.parse(at)])));
}
