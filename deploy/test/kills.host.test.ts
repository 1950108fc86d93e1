import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bootInstalled, joinCluster } from "../cluster/boot-installed.ts";
import { clusterYaml, createJoinLine, initCluster, mpiPackages, waitUntilReady } from "../cluster/operate.ts";
import { untilListed } from "../cluster/status.ts";
import { WaitedInVainError } from "../cluster/wait-for.ts";
import type { Lab, LabHost } from "../lab/lab.ts";
import { createNspawnLab } from "../lab/nspawn-lab.ts";
import { buildPackages } from "../packaging/build-packages.ts";
import { readHostfileAllTheTime } from "./hostfile-reader.ts";
import { killAgainAndAgain } from "./kill-again.ts";

const names = ["primary", "secondary1", "secondary2"] as const;

let lab: Lab;
let primary: LabHost;
let newcomer: LabHost;

/** A cluster of two that are ready, and a third machine that has not joined. */
beforeAll(async () => {
  const packages = await buildPackages();
  lab = await createNspawnLab("test-kills", { installed: mpiPackages });
  const [first, second, third] = await bootInstalled(lab, packages, names);
  primary = first;
  newcomer = third;
  // Who kills this often means no cool-down.
  await initCluster(primary, `liveness: { coolDown: 0 }\n${clusterYaml([first, second, third])}`);
  await joinCluster(primary, second);
  await untilListed(primary, second.name);
});

afterAll(() => lab?.down());

it("loses no ready node and no state while the controller and both agents are killed 100 times each", async () => {
  const reader = await readHostfileAllTheTime(primary, ["primary", "secondary1"]);
  const line = await createJoinLine(primary, newcomer.name);
  const [, ...kills] = await Promise.all([
    joinInTheEnd(newcomer, line),
    killAgainAndAgain(primary, "cowherd-controller.service", 100),
    killAgainAndAgain(primary, "cowherd-agent.service", 100),
    killAgainAndAgain(newcomer, "cowherd-agent.service", 100), // it starts once the join has come through
  ]);
  expect(kills).toEqual([100, 100, 100]);
  await untilListed(primary, newcomer.name);
  const { reads, wrong } = await reader.stop();
  expect(wrong).toEqual([]);
  expect(reads).toBeGreaterThan(1000);
  expect(await strayFiles(primary)).toBe("");
  expect(await strayFiles(newcomer)).toBe("");
  await waitUntilReady(primary, "2m");
}, 600_000);

/** Pastes the line until it comes through. On a slow machine that may be when the last controller was killed. */
async function joinInTheEnd(host: LabHost, line: string): Promise<void> {
  const deadline = performance.now() + 400_000;
  for (;;) {
    const { exitCode, stderr } = await host.run(["bash", "-lc", line], { timeoutMs: 60_000 });
    if (exitCode === 0) return;
    if (performance.now() > deadline) throw new WaitedInVainError(`${host.name} cannot join: ${stderr}`);
    await sleep(1_000);
  }
}

/** Drafts of atomic writes that were left behind. */
function strayFiles(host: LabHost): Promise<string> {
  return host.check(["find", "/etc", "/home/mpihpc", "-name", "*.cowherd-*"]);
}
