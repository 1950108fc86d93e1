import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Files } from "../../agent/src/host/files.ts";
import { openMembershipJournal } from "../../agent/src/journal/membership-journal.ts";
import { createTestAuthority, type TestAuthority } from "../../agent/src/link/test-authority.ts";
import { defaultLiveness } from "../../controller/src/spec/liveness-schema.ts";
import { type AgentMeasurements, agentReport } from "./agent-report.ts";
import type { PartReport } from "./figure.ts";
import { startIdleController } from "./idle-controller.ts";
import type { Memory } from "./process-sample.ts";
import { spreadOf } from "./spread.ts";
import { startAgent } from "./started-agent.ts";

export type BenchOptions = {
  /** How long the agent is watched at rest. */
  readonly seconds: number;
  /** How often it is started; the last one is the one that is watched. */
  readonly starts: number;
  /** The agent's bundle. */
  readonly program: string;
  /** This machine's files, by their whole paths. */
  readonly files: Files;
  readonly report: (line: string) => void;
};

const settleMs = 8_000; // the facts are collected and the first garbage is gone
const childLookMs = 50;

/**
 * Measures an agent that has nothing to do: its desired state is empty and its folder a
 * temporary one, so that nothing of this machine is touched. The controller is idle too: it
 * answers heartbeats, as often as the product's, over mutual TLS on loopback.
 */
export async function benchAgent({ seconds, starts, program, files, report }: BenchOptions): Promise<PartReport> {
  const folder = await mkdtemp(`${tmpdir()}/cowherd-bench-`);
  const authority = await createTestAuthority();
  const controller = await startIdleController(authority, defaultLiveness.heartbeatSeconds * 1000);
  try {
    await enrol(files, `${folder}/state`, authority, controller.port);
    const ready: number[] = [];
    const memory: Memory[] = [];
    for (let start = 1; ; start += 1) {
      const heardBefore = controller.heartbeats();
      await using agent = startAgent(program, folder);
      ready.push(await agent.readyMs(() => controller.heartbeats() > heardBefore));
      report(`start ${start} of ${starts}: ready in ${ready.at(-1)?.toFixed(0)} ms`);
      await sleep(settleMs);
      memory.push(await agent.watched.memory());
      if (start < starts) continue;

      report(`watching it for ${seconds} s`);
      const rest = await watchAtRest(agent.watched, seconds);
      memory.push(rest.memory);
      return agentReport({ ...rest, readyMs: spreadOf(ready), memory, seconds });
    }
  } finally {
    controller.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Leaves on the disk what a join would have left. */
async function enrol(files: Files, stateFolder: string, authority: TestAuthority, agentPort: number): Promise<void> {
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const memberships = await openMembershipJournal(files, stateFolder, owner);
  const place = { node: "bench", cluster: "bench", address: "127.0.0.1", agentPort };
  await memberships.stage({ ...place, ...(await authority.issueNode("bench")), authority: authority.certificate });
  await memberships.promote();
}

async function watchAtRest(
  watched: ReturnType<typeof startAgent>["watched"],
  seconds: number,
): Promise<Pick<AgentMeasurements, "cpuPercent" | "children"> & { readonly memory: Memory }> {
  const children = new Set<number>();
  const before = await watched.usage();
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    for (const pid of await watched.children()) children.add(pid);
    await sleep(childLookMs);
  }
  const after = await watched.usage();
  const endedUnseen = after.childFaults > before.childFaults && children.size === 0 ? 1 : 0;
  return {
    memory: await watched.memory(),
    cpuPercent: ((after.cpuMs - before.cpuMs) / (seconds * 1000)) * 100,
    children: children.size + endedUnseen,
  };
}
