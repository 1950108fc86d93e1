import {
  type DrainNodeResponse,
  type GetStatusResponse,
  type HeartbeatResponse,
  type NodeStatus,
  Phase,
} from "@cowherd/proto/wire";
import { status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { convergeAll, proveAll } from "../fake-convergence.ts";
import { type FakeCluster, startFakeCluster } from "./fake-cluster.ts";
import { reasonOf } from "./fake-error-reason.ts";
import { ask } from "./fake-machine.ts";

const rowOf = async (cluster: FakeCluster, node: string): Promise<NodeStatus | undefined> => {
  const { status: seen } = await ask<GetStatusResponse>((answer) => cluster.local.getStatus({}, answer));
  return seen?.nodes.find((row) => row.node === node);
};
const noticesOf = async (cluster: FakeCluster) =>
  (await ask<GetStatusResponse>((answer) => cluster.local.getStatus({}, answer))).status?.notices ?? [];
const linesOf = ({ controller }: FakeCluster) =>
  controller.loop.record().state.hostfile?.entries.map(({ node }) => node);
const drain = (cluster: FakeCluster, node: string, reason = "new disk", deadlineSeconds = 0) =>
  ask<DrainNodeResponse>((answer) => cluster.local.drainNode({ node, reason, deadlineSeconds }, answer));
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Lets time pass as the controller's ticks do; `alive` give signs of life meanwhile. */
function pass({ clocks, controller }: FakeCluster, ms: number, alive: readonly string[]): void {
  for (let passed = 0; passed < ms; passed += 500) {
    clocks.monotonic += 500;
    for (const node of alive) controller.liveness.heartbeat(node, "");
    controller.liveness.tick();
  }
}

describe("a drain", () => {
  it("takes a node out, asks its agent for ranks until none runs, and lets it back", async () => {
    await using cluster = await startFakeCluster();
    await cluster.join("primary", 1);
    const { agent } = cluster.clients(await cluster.join("secondary1", 2));
    convergeAll(cluster.controller);
    const beat = (ranks?: number) =>
      ask<HeartbeatResponse>((answer) => agent.heartbeat({ activity: "", ranks }, answer));
    expect(await beat()).toEqual({ nextPeriodMs: 2_000, countRanksOfUid: undefined });

    expect(await drain(cluster, "secondary1")).toEqual({ listed: false });
    expect(linesOf(cluster)).toEqual(["primary"]);
    expect((await beat()).countRanksOfUid).toBe(7_777);
    await beat(3);
    const row = await rowOf(cluster, "secondary1");
    expect(row).toMatchObject({ phase: Phase.PHASE_DRAINING, reason: "draining: 3 ranks still run: new disk" });
    const before = cluster.controller.loop.record();
    await beat(3);
    expect(cluster.controller.loop.record()).toBe(before); // the same number touches no disk
    await beat(0);
    expect(await rowOf(cluster, "secondary1")).toMatchObject({ phase: Phase.PHASE_DRAINED });

    await ask((answer) => cluster.local.undrainNode({ node: "secondary1" }, answer));
    expect(linesOf(cluster)).toEqual(["primary"]); // it is proved anew
    proveAll(cluster.controller);
    expect(linesOf(cluster)).toEqual(["primary", "secondary1"]);
    expect((await beat(0)).countRanksOfUid).toBeUndefined();
  });

  it("says that the last line stays", async () => {
    await using cluster = await startFakeCluster();
    await cluster.join("primary", 1);
    convergeAll(cluster.controller);
    expect(await drain(cluster, "primary")).toEqual({ listed: true });
    expect(await noticesOf(cluster)).toEqual([expect.stringContaining("listed in the hostfile still")]);
  });

  it("has a deadline, after which watchers are told", async () => {
    await using cluster = await startFakeCluster();
    await cluster.join("primary", 1);
    await cluster.join("secondary1", 2);
    convergeAll(cluster.controller);
    await drain(cluster, "secondary1", "new disk", 60);
    cluster.controller.liveness.heartbeat("secondary1", "", 1);
    const bell = cluster.controller.watchers.add();
    let rung = false;
    void bell.rung().then(() => {
      rung = true;
    });
    pass(cluster, 59_500, ["primary", "secondary1"]);
    await Promise.resolve();
    expect([rung, await noticesOf(cluster)]).toEqual([false, []]);
    pass(cluster, 500, ["primary", "secondary1"]);
    await new Promise(setImmediate);
    expect(rung).toBe(true);
    expect(await noticesOf(cluster)).toEqual([expect.stringMatching(/^secondary1 is OVERDUE by 1 s/)]);
    cluster.controller.watchers.remove(bell);
  });

  it("is of a machine that joined, and has a reason of one line", async () => {
    await using cluster = await startFakeCluster();
    expect(reasonOf(await failureOf(drain(cluster, "secondary1")))).toBe("NODE_UNKNOWN");
    expect(reasonOf(await failureOf(drain(cluster, "nobody")))).toBe("NODE_UNKNOWN");
    await cluster.join("secondary1", 1);
    expect(await failureOf(drain(cluster, "secondary1", " \n"))).toMatchObject({ code: status.INVALID_ARGUMENT });
    await drain(cluster, "secondary1", `new\ndisk ${"x".repeat(900)}`);
    expect((await rowOf(cluster, "secondary1"))?.reason).toMatch(/: new disk x{190}…/);
    for (const call of ["undrainNode", "releaseNode"] as const) {
      const refused = ask((answer) => cluster.local[call]({ node: "secondary2" }, answer));
      expect(reasonOf(await failureOf(refused))).toBe("NODE_UNKNOWN");
    }
  });
});

describe("liveness", () => {
  it("tells agents the heartbeat of the spec, and believes them for its lease", async () => {
    await using cluster = await startFakeCluster();
    const { agent } = cluster.clients(await cluster.join("primary", 1));
    const spec = "name: lab\nliveness: { heartbeat: 5, lease: 20 }\nnodes: { primary: { address: 192.168.56.10 } }\n";
    await ask((answer) => cluster.local.apply({ spec }, answer));
    const next = await ask<HeartbeatResponse>((answer) => agent.heartbeat({ activity: "" }, answer));
    expect(next.nextPeriodMs).toBe(5_000);
    pass(cluster, 19_500, []);
    expect(await rowOf(cluster, "primary")).toMatchObject({ leaseMs: 500 });
    pass(cluster, 500, []);
    expect(await rowOf(cluster, "primary")).toMatchObject({ phase: Phase.PHASE_UNREACHABLE });
  });

  it("holds off a node that comes and goes, until it is released", async () => {
    await using cluster = await startFakeCluster();
    await cluster.join("primary", 1);
    await cluster.join("secondary1", 2);
    convergeAll(cluster.controller);
    for (let flaps = 0; flaps < 3; flaps += 1) {
      pass(cluster, 7_000, ["primary"]);
      cluster.controller.liveness.heartbeat("secondary1", "");
    }
    expect(await rowOf(cluster, "secondary1")).toMatchObject({
      phase: Phase.PHASE_QUARANTINED,
      reason: expect.stringMatching(/^cooling down for 20 s more: it fell silent 3 times within 10 min/),
    });
    pass(cluster, 5_000, ["primary", "secondary1"]);
    expect((await rowOf(cluster, "secondary1"))?.reason).toMatch(/for 15 s more/);
    await ask((answer) => cluster.local.releaseNode({ node: "secondary1" }, answer));
    proveAll(cluster.controller);
    expect(linesOf(cluster)).toEqual(["primary", "secondary1"]);
  });

  it("K2: holds the hostfile when the network breaks, and lets it move on when it is told to", async () => {
    await using cluster = await startFakeCluster();
    for (const [n, node] of ["primary", "secondary1", "secondary2"].entries()) await cluster.join(node, n + 1);
    convergeAll(cluster.controller);
    const { loop, liveness } = cluster.controller;
    const whole = loop.record().state.hostfile;
    expect(linesOf(cluster)).toEqual(["primary", "secondary1", "secondary2"]);
    pass(cluster, 500, ["primary", "secondary1", "secondary2"]);
    pass(cluster, 1_500, ["primary", "secondary2"]); // its last sign of life came a moment later
    const refused = ask((answer) => cluster.local.releaseHostfile({}, answer));
    expect(await failureOf(refused)).toMatchObject({ code: status.FAILED_PRECONDITION });
    for (let passed = 0; passed < 60_000; passed += 500) {
      pass(cluster, 500, ["primary"]);
      expect(loop.record().state.hostfile).toBe(whole);
    }
    expect(await noticesOf(cluster)).toEqual([expect.stringMatching(/^2 of 3 listed nodes fell silent within 7 s/)]);

    for (const node of ["secondary1", "secondary2"]) liveness.heartbeat(node, "");
    expect(loop.record().state).toMatchObject({ hostfile: whole, silence: { held: true } }); // until they are proved
    proveAll(cluster.controller);
    expect([loop.record().state.hostfile, await noticesOf(cluster)]).toEqual([whole, []]);

    pass(cluster, 20_000, ["primary"]);
    expect(loop.record().state.hostfile).toBe(whole);
    await ask((answer) => cluster.local.releaseHostfile({}, answer));
    expect(linesOf(cluster)).toEqual(["primary"]);
  });
});
