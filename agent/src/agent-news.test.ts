import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AgentStage, createAgentStage, hostname, sshKey, state } from "./agent.fixture.ts";
import { facts } from "./facts/facts.fixture.ts";
import { createMemoryLink } from "./link/memory-link.ts";

let stage: AgentStage;

beforeEach(() => {
  stage = createAgentStage();
});

afterEach(() => stage.end());

describe("what the agent tells of itself", () => {
  it("tells of a new ssh key while the run still goes on", async () => {
    stage.kept = state(1n, [sshKey, hostname]);
    await stage.start();
    stage.machine = { ...facts, userKeys: [{ user: "mpihpc", key: "ssh-ed25519 AAAA" }] };
    stage.runs()[0]?.observer?.outcome({ resource: "key", end: "changed", changes: ["make"] });
    await stage.clock.pass(0);
    expect(stage.controller.heard.facts.map(({ userKeys }) => userKeys.length)).toEqual([0, 1]);
  });

  it("C4: tells of other processors as soon as it starts again, before any run ends", async () => {
    stage.kept = state(1n);
    await stage.start();
    await stage.end();
    stage.machine = { ...facts, processors: { online: 8, schedulable: 8, quota: undefined, cores: 4 } };
    await stage.start();
    expect(stage.controller.heard.facts.map(({ processors }) => processors)).toEqual([stage.machine.processors]);
  });

  it("tells of its facts again only when they changed", async () => {
    stage.kept = state(1n);
    await stage.start();
    stage.runs()[0]?.end();
    await stage.clock.pass(0);
    expect(stage.controller.heard.facts).toHaveLength(1);
    stage.machine = { ...facts, memoryBytes: 2 };
    stage.drift();
    await stage.clock.pass(600);
    stage.runs()[1]?.end();
    await stage.clock.pass(0);
    expect(stage.controller.heard.facts).toHaveLength(2);
  });

  it("tells of other facts as soon as the kernel tells of their files", async () => {
    await stage.start();
    stage.machine = { ...facts, hostKeys: ["ssh-ed25519 BBBB"] };
    await stage.clock.pass(10_000);
    expect(stage.controller.heard.facts.map(({ hostKeys }) => hostKeys)).toEqual([[]]);
    stage.factsChanged();
    await stage.clock.pass(0);
    expect(stage.controller.heard.facts.map(({ hostKeys }) => hostKeys)).toEqual([[], stage.machine.hostKeys]);
  });

  it("drops facts that were refused and says so", async () => {
    const link = createMemoryLink();
    link.controller.fail("FACTS_REFUSED");
    await stage.start(link);
    link.controller.fail(undefined);
    await stage.clock.pass(60_000);
    expect(link.controller.heard.facts).toEqual([]);
    expect(stage.log.texts).toContain("the controller refused the facts");
  });

  it("gives signs of life with what it does, as often as it is told, however long a run takes", async () => {
    stage.kept = state(1n);
    await stage.start();
    stage.runs()[0]?.observer?.activity("packages: install openmpi-bin");
    await stage.clock.pass(3_000);
    stage.runs()[0]?.end();
    await stage.clock.pass(1_000);
    const busy = "packages: install openmpi-bin";
    expect(stage.controller.heard.activities).toEqual(["", busy, busy, busy, ""]);
  });

  it("tells how many ranks run while the controller asks, however long a count takes, and counts none otherwise", async () => {
    stage.kept = state(1n);
    const slow = Promise.withResolvers<number>();
    const asked: number[] = [];
    stage.countRanks = (uid) => {
      asked.push(uid);
      return asked.length === 1 ? slow.promise : 0;
    };
    await stage.start();
    await stage.clock.pass(2_000);
    expect(asked).toEqual([]);
    stage.controller.askForRanks(7_777);
    await stage.clock.pass(3_000);
    expect([asked, stage.controller.heard.ranks, stage.controller.heard.activities.length]).toEqual([[7_777], [], 6]);
    slow.resolve(3);
    await stage.clock.pass(3_000);
    stage.controller.askForRanks(undefined);
    await stage.clock.pass(3_000);
    expect(stage.controller.heard.ranks.slice(0, 3)).toEqual([3, 0, 0]);
    expect(stage.controller.heard.ranks.length).toBeLessThan(5);
  });
});
