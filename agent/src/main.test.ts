import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createDesiredState } from "@cowherd/proto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLinuxFiles } from "./host/linux/files.ts";
import { openMembershipJournal } from "./journal/membership-journal.ts";
import { type LoopbackController, startLoopbackController } from "./link/loopback-controller.ts";
import { createTestAuthority } from "./link/test-authority.ts";

const program = fileURLToPath(new URL("main.ts", import.meta.url));
const patience = { timeout: 20_000 };

let folder: string;
let controller: LoopbackController | undefined;
let agents: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "agent-"));
  agents = [];
});
afterEach(async () => {
  for (const agent of agents) agent.kill("SIGKILL");
  controller?.stop();
  controller = undefined;
  await rm(folder, { recursive: true });
});

async function joined(): Promise<LoopbackController> {
  const authority = await createTestAuthority();
  controller = await startLoopbackController(authority);
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const memberships = await openMembershipJournal(createLinuxFiles(""), folder, owner);
  const place = { node: "secondary1", cluster: "lab", address: "127.0.0.1", agentPort: controller.port };
  const pair = await authority.issueNode("secondary1");
  await memberships.stage({ ...place, ...pair, authority: authority.certificate });
  await memberships.promote();
  return controller;
}

function startAgent(): ChildProcess {
  const agent = spawn(process.execPath, [program, "run", "--state-dir", folder], { stdio: "ignore" });
  agents.push(agent);
  return agent;
}

describe("the agent program", () => {
  it("knows its state again after it was killed, and ends within two seconds of being asked to", patience, async () => {
    const { heard, tell } = await joined();
    tell({ type: "desired-state", state: createDesiredState({ epoch: 1n, generation: 5n }, []) });
    const first = startAgent();
    await expect.poll(() => heard.runs, patience).toMatchObject([{ generation: 5n }]);
    first.kill("SIGKILL");
    await once(first, "exit");
    const second = startAgent();
    await expect.poll(() => heard.sessions, patience).toEqual([undefined, { epoch: 1n, generation: 5n }]);
    const asked = performance.now();
    second.kill("SIGTERM");
    expect(await once(second, "exit")).toEqual([0, null]);
    expect(performance.now() - asked).toBeLessThan(2_000);
  });

  it("says what to do on a machine that joined no cluster", patience, () => {
    const { status, stdout } = spawnSync(process.execPath, [program, "run", "--state-dir", folder], {
      encoding: "utf8",
    });
    expect(status).toBe(78);
    expect(stdout).toContain("run cowherd-join");
  });

  it("is not to be started again where its membership is damaged", patience, async () => {
    await writeFile(join(folder, "controller.json"), "{ torn");
    const argv = [program, "run", "--state-dir", folder];
    const { status, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
    expect(status).toBe(78);
    expect(stderr).toContain("Join again with a fresh token");
  });

  it("explains a token that is none with its own exit code", { ...patience, skip: process.getuid?.() !== 0 }, () => {
    const argv = [program, "join", "127.0.0.1", "cowherd1_half", "--state-dir", folder];
    const { status, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
    expect(status).toBe(4);
    expect(stderr).toContain("Paste the whole line");
  });
});
