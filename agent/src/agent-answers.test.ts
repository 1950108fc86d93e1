import type { HookRequest, Proof } from "@cowherd/proto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AgentStage, createAgentStage, hostname, sshKey, state } from "./agent.fixture.ts";

let stage: AgentStage;

beforeEach(() => {
  stage = createAgentStage();
});

afterEach(() => stage.end());

describe("what the agent answers", () => {
  it("answers a check beside a run that is busy", async () => {
    stage.kept = state(1n);
    await stage.start();
    stage.controller.tell({ type: "check", id: "c1", resources: [sshKey] });
    await stage.clock.pass(0);
    const check = stage.calls.find(({ mode }) => mode === "check");
    check?.end([{ resource: "key", end: "changed", changes: ["make a key"] }]);
    await stage.clock.pass(0);
    expect(stage.controller.heard.checks).toEqual([
      { id: "c1", outcomes: [{ resource: "key", end: "changed", changes: ["make a key"] }] },
    ]);
    expect(stage.runs()[0]?.signal.aborted).toBe(false);
  });

  it("answers checks one after another", async () => {
    await stage.start();
    stage.controller.tell({ type: "check", id: "c1", resources: [sshKey] });
    stage.controller.tell({ type: "check", id: "c2", resources: [hostname] });
    await stage.clock.pass(0);
    expect(stage.calls).toHaveLength(1);
    stage.calls[0]?.end();
    await stage.clock.pass(0);
    expect(stage.calls).toHaveLength(2);
    stage.calls[1]?.end();
    await stage.clock.pass(0);
    expect(stage.controller.heard.checks.map(({ id }) => id)).toEqual(["c1", "c2"]);
  });

  it("answers a probe beside a run that is busy, and goes on with its signs of life", async () => {
    stage.kept = state(1n);
    await stage.start();
    stage.controller.tell({ type: "probe", id: "p1", probe: { kind: "peers", peers: [] } });
    await stage.clock.pass(2_000);
    expect(stage.controller.heard.activities).toHaveLength(3);
    const proof: Proof = { kind: "peers", failure: undefined, durationMs: 2_000 };
    stage.proving[0]?.end([proof]);
    await stage.clock.pass(0);
    expect(stage.controller.heard.proofs).toEqual([{ id: "p1", proofs: [proof] }]);
    expect(stage.runs()[0]?.signal.aborted).toBe(false);
  });

  it("says to a probe of an unknown kind that it is too old, in one failed proof", async () => {
    await stage.start();
    stage.controller.tell({
      type: "invalid-probe",
      id: "p1",
      problem: "the probe is of a kind that this version does not know",
    });
    await stage.clock.pass(0);
    expect(stage.controller.heard.proofs).toMatchObject([
      {
        id: "p1",
        proofs: [{ failure: "the agent is too old: the probe is of a kind that this version does not know" }],
      },
    ]);
  });

  it("refuses a state of an unknown kind whole, says so in a run, and keeps the last one", async () => {
    stage.kept = state(1n);
    await stage.start();
    stage.runs()[0]?.end();
    const problem = "resource netplan is of a kind that this version does not know";
    const version = { epoch: 1n, generation: 2n };
    stage.controller.tell({ type: "invalid-desired-state", version, revision: "r2", resources: ["netplan"], problem });
    stage.controller.tell({ type: "invalid-check", id: "c1", resources: ["netplan"], problem });
    await stage.clock.pass(0);
    const outcomes = [{ resource: "netplan", end: "failed", reason: `refused by the agent: ${problem}` }];
    expect(stage.controller.heard.runs.at(-1)).toEqual({ ...version, revision: "r2", durationMs: 0, outcomes });
    expect(stage.controller.heard.checks).toEqual([{ id: "c1", outcomes }]);
    expect(stage.runs()).toHaveLength(1);
  });

  it("runs a hook to its end although the session ends, and answers again what it is asked again", async () => {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const asked: HookRequest[] = [];
    stage.runHook = (request) => {
      asked.push(request);
      return promise;
    };
    await stage.start();
    const request = { id: "notify-1", hook: "notify", event: "{}", seconds: 30, user: undefined };
    stage.controller.tell({ type: "hook", request });
    await stage.clock.pass(0);
    stage.controller.endSession();
    await stage.clock.pass(6_000);
    stage.controller.tell({ type: "hook", request });
    await stage.clock.pass(0);
    expect(asked).toEqual([request]);
    resolve("exit code 3");
    await stage.clock.pass(0);
    expect(stage.controller.heard.hooks).toEqual([
      { id: "notify-1", failure: "exit code 3" },
      { id: "notify-1", failure: "exit code 3" },
    ]);
  });
});
