import type { Outcome } from "@cowherd/proto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AgentStage, createAgentStage, hostname, sshKey, state } from "./agent.fixture.ts";
import { createMemoryLink } from "./link/memory-link.ts";

let stage: AgentStage;

beforeEach(() => {
  stage = createAgentStage();
});

afterEach(() => stage.end());

describe("the agent", () => {
  it("applies the last desired state from its disk while the controller is away", async () => {
    stage.kept = state(3n);
    const link = createMemoryLink();
    link.controller.fail("UNREACHABLE");
    await stage.start(link);
    expect(stage.runs().map(({ resources }) => resources)).toEqual([[hostname]]);
  });

  it("waits for the controller's state where its own is damaged", async () => {
    stage.journalTorn = true;
    await stage.start();
    expect(stage.calls).toEqual([]);
    stage.controller.tell({ type: "desired-state", state: state(1n) });
    await stage.clock.pass(0);
    expect(stage.runs()).toHaveLength(1);
  });

  it("reports every run until it is taken", async () => {
    await stage.start();
    stage.controller.tell({ type: "desired-state", state: state(1n) });
    await stage.clock.pass(0);
    stage.controller.fail("UNREACHABLE");
    await stage.clock.pass(5);
    stage.calls[0]?.end();
    await stage.clock.pass(3_000);
    expect(stage.controller.heard.runs).toEqual([]);
    stage.controller.fail(undefined);
    await stage.clock.pass(10_000);
    expect(stage.controller.heard.runs).toMatchObject([
      { generation: 1n, outcomes: [{ resource: "hostname", end: "in-sync" }] },
    ]);
  });

  it("gives up a run for a newer desired state and reports only the newer one's", async () => {
    await stage.start();
    stage.controller.tell({ type: "desired-state", state: state(1n) });
    await stage.clock.pass(0);
    stage.controller.tell({ type: "desired-state", state: state(2n, [hostname, sshKey]) });
    await stage.clock.pass(0);
    expect(stage.runs()[0]?.signal.aborted).toBe(true);
    stage.runs()[1]?.end();
    await stage.clock.pass(0);
    expect(stage.controller.heard.runs.map(({ generation }) => generation)).toEqual([2n]);
  });

  it("does not run again for a state that it has already, nor for an older one", async () => {
    stage.kept = state(3n);
    await stage.start();
    stage.runs()[0]?.end();
    stage.controller.tell({ type: "desired-state", state: state(3n) });
    stage.controller.tell({ type: "desired-state", state: state(2n, [sshKey]) });
    await stage.clock.pass(1_000);
    expect(stage.runs()).toHaveLength(1);
    expect(stage.controller.heard.sessions).toMatchObject([{ epoch: 1n, generation: 3n }]);
  });

  it("holds a desired state that its full disk cannot keep", async () => {
    stage.diskFull = true;
    await stage.start();
    stage.controller.tell({ type: "desired-state", state: state(1n) });
    await stage.clock.pass(0);
    expect(stage.runs()).toHaveLength(1);
  });

  it("runs again soon after drift, and once more every five minutes", async () => {
    stage.kept = state(1n);
    await stage.start();
    stage.runs()[0]?.end();
    await stage.clock.pass(10_000);
    stage.drift();
    stage.drift();
    await stage.clock.pass(400);
    expect(stage.runs()).toHaveLength(1);
    await stage.clock.pass(200);
    expect(stage.runs()).toHaveLength(2);
    stage.runs()[1]?.end();
    await stage.clock.pass(300_000);
    expect(stage.runs()).toHaveLength(3);
  });

  it("watches for drift from the first run on, and again after each, when more may be there to watch", async () => {
    stage.kept = state(1n);
    await stage.start();
    expect(stage.watched).toEqual([["/etc/hostname"]]);
    stage.controller.tell({ type: "desired-state", state: state(2n, [sshKey]) });
    await stage.clock.pass(0);
    expect(stage.watched).toEqual([["/etc/hostname"], ["/etc/key"]]);
    stage.runs()[1]?.end();
    await stage.clock.pass(0);
    expect(stage.watched).toEqual([["/etc/hostname"], ["/etc/key"], ["/etc/key"]]);
  });

  it("looks once more after drift during a run", async () => {
    stage.kept = state(1n);
    await stage.start();
    stage.drift();
    stage.runs()[0]?.end([{ resource: "hostname", end: "changed", changes: ["x"] }]);
    await stage.clock.pass(2_000);
    expect(stage.runs()).toHaveLength(2);
  });

  it("retries a failed run with growing waits", async () => {
    stage.kept = state(1n);
    await stage.start();
    const failed: Outcome = { resource: "hostname", end: "failed", reason: "busy" };
    stage.runs()[0]?.end([failed]);
    await stage.clock.pass(2_000);
    expect(stage.runs()).toHaveLength(2);
    stage.runs()[1]?.end([failed]);
    await stage.clock.pass(2_000);
    expect(stage.runs()).toHaveLength(2);
    await stage.clock.pass(2_000);
    expect(stage.runs()).toHaveLength(3);
  });

  it("repairs drift at once though a run waits for a slow job, which the next run finds again", async () => {
    stage.kept = state(1n);
    await stage.start();
    stage.jobAwaited = true;
    stage.drift();
    await stage.clock.pass(499);
    expect(stage.runs()).toHaveLength(1);
    await stage.clock.pass(1);
    expect(stage.runs()[0]?.signal.aborted).toBe(true);
    expect(stage.runs()).toHaveLength(2);
    expect(stage.controller.heard.runs).toEqual([]);
    stage.runs()[1]?.end();
    await stage.clock.pass(0);
    expect(stage.controller.heard.runs).toHaveLength(1);
  });

  it("lets a run that acts come to its end or to a job, whatever drifts meanwhile", async () => {
    stage.kept = state(1n);
    await stage.start();
    stage.drift();
    await stage.clock.pass(10_000);
    expect(stage.runs()[0]?.signal.aborted).toBe(false);
    stage.jobAwaited = true;
    await stage.clock.pass(1_000);
    expect(stage.runs()[0]?.signal.aborted).toBe(true);
    expect(stage.runs()).toHaveLength(2);
  });

  it("gives way ever more rarely to a job whose own work looks like drift", async () => {
    stage.kept = state(1n);
    await stage.start();
    stage.jobAwaited = true;
    for (let second = 0; second < 600; second += 1) {
      stage.drift();
      await stage.clock.pass(1_000);
    }
    expect(stage.runs().length).toBeLessThan(25);
  });

  it("opens the next session soon after the controller went away", async () => {
    await stage.start();
    stage.controller.tell({ type: "going-away" });
    stage.controller.endSession();
    await stage.clock.pass(6_000);
    expect(stage.controller.heard.sessions).toHaveLength(2);
  });

  it("says once what to do about a revoked certificate, asks on slowly and keeps the state true", async () => {
    stage.kept = state(1n);
    const link = createMemoryLink();
    link.controller.fail("CERTIFICATE_REVOKED");
    await stage.start(link);
    stage.runs()[0]?.end();
    await stage.clock.pass(200_000);
    expect(stage.log.texts.filter((text) => text.includes("join again with a fresh token"))).toHaveLength(1);
    stage.drift();
    await stage.clock.pass(1_000);
    expect(stage.runs()).toHaveLength(2);
    link.controller.fail(undefined);
    await stage.clock.pass(300_000);
    expect(link.controller.heard.activities.length).toBeGreaterThan(0);
  });

  it("ends when it is told to, whatever goes on", async () => {
    stage.kept = state(1n);
    await stage.start();
    stage.controller.tell({ type: "check", id: "c1", resources: [sshKey] });
    await stage.clock.pass(0);
    await stage.end();
    expect(stage.runs()[0]?.signal.aborted).toBe(true);
  });
});
