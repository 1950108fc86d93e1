import type { GetStatusResponse, Hook } from "@cowherd/proto/wire";
import { expect, it } from "vitest";
import { parseClusterSpec } from "../spec/parse-cluster-spec.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { allHolds, type HookAnswer, startFakeAgent } from "./fake-agent.ts";
import { type FakeCluster, specText, startFakeCluster } from "./fake-cluster.ts";
import { ask } from "./fake-machine.ts";

/** Waits until something is so, which a message on its way makes true. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const withHooks = (hooks: string) => parseClusterSpec(`${specText}hooks: [${hooks}]\n`);
const typeOf = ({ event }: Hook): string => JSON.parse(event).type;

async function notices({ local }: FakeCluster): Promise<readonly string[]> {
  const { status } = await ask<GetStatusResponse>((answer) => local.getStatus({}, answer));
  return status?.notices.filter((notice) => notice.startsWith("hook ")) ?? [];
}

/** The primary's agent, which does with hooks what it is told. */
async function primaryOf(cluster: FakeCluster, run: HookAnswer) {
  const credentials = await cluster.join("primary", 1);
  return () => startFakeAgent(cluster.clients(credentials).agent, allHolds, run);
}

it("a hook gets the events that come after it, over the wire and in their order", async () => {
  await using cluster = await startFakeCluster();
  const heard: Hook[] = [];
  const open = await primaryOf(cluster, (hook) => {
    heard.push(hook);
    return "";
  });
  const agent = open();
  await until(() => cluster.controller.loop.record().state.hostfile !== undefined);
  cluster.controller.operators.apply(
    withHooks("{ run: notify, on: [node.draining, node.undrained], seconds: 5, user: mpihpc }"),
  );
  cluster.controller.upkeep.drain("primary", "a look inside", undefined);
  cluster.controller.upkeep.undrain("primary");
  await until(() => heard.length >= 2);
  expect(heard.map(typeOf)).toEqual(["io.cowherd.node.draining.v1", "io.cowherd.node.undrained.v1"]);
  expect(heard[0]).toMatchObject({ name: "notify", seconds: 5, user: "mpihpc" });
  await until(() => cluster.controller.hooks.backlogs().every(({ waiting }) => waiting === 0));
  expect(await notices(cluster)).toEqual([]);
  agent.stop();
});

it("a failure is a notice in one line that steers no terminal, and an event that runs no hook", async () => {
  await using cluster = await startFakeCluster();
  const heard: Hook[] = [];
  const open = await primaryOf(cluster, (hook) => {
    heard.push(hook);
    return `exit code 3: no\u001b[2J such\nchannel ${"x".repeat(9_000)}`;
  });
  const agent = open();
  await until(() => cluster.controller.loop.record().state.hostfile !== undefined);
  cluster.controller.operators.apply(withHooks("{ run: chat, on: ['*'] }"));
  await until(() => heard.length > 0);
  await until(() => cluster.controller.hooks.backlogs().every(({ waiting }) => waiting === 0));
  const [notice = ""] = await notices(cluster);
  expect(notice).toMatch(
    /^hook chat failed 1 s ago, for event \d+: exit code 3: no\?\[2J such channel x+…; its output: /,
  );
  expect(notice.length).toBeLessThan(600);
  expect(heard.map(typeOf)).not.toContain("io.cowherd.hook.failed.v1");
  agent.stop();
});

it("what is under way when the session or the controller ends is asked for again under the same id", async () => {
  const store = createMemoryStore();
  const heard: Hook[] = [];
  let silent = true;
  const answer: HookAnswer = (hook) => {
    heard.push(hook);
    return silent ? undefined : "";
  };
  {
    await using cluster = await startFakeCluster(store);
    const open = await primaryOf(cluster, answer);
    const first = open();
    cluster.controller.operators.apply(withHooks("{ run: notify, on: [spec.applied] }"));
    await until(() => heard.length === 1);
    first.stop();
    const second = open();
    await until(() => heard.length === 2);
    second.stop();
    expect(heard[1]).toEqual(heard[0]);
  }
  silent = false;
  await using cluster = await startFakeCluster(store);
  const open = await primaryOf(cluster, answer);
  const agent = open();
  await until(() => heard.length >= 3);
  expect(heard[2]).toEqual(heard[0]);
  await until(() => cluster.controller.hooks.backlogs().every(({ waiting }) => waiting === 0));
  agent.stop();
});
