import type {
  ApplyResponse,
  GetStatusResponse,
  GetVersionResponse,
  Outcome,
  PlanResponse,
  WatchStatusResponse,
} from "@cowherd/proto/wire";
import { Phase } from "@cowherd/proto/wire";
import { Client, credentials, status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { convergeAll } from "../fake-convergence.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { specText, startFakeCluster } from "./fake-cluster.ts";
import { reasonOf } from "./fake-error-reason.ts";
import { ask, readSession } from "./fake-machine.ts";

describe("an operator", () => {
  it("sees the nodes of the spec in natural order, the absent ones too", async () => {
    await using cluster = await startFakeCluster();
    const { agent } = cluster.clients(await cluster.join("secondary1", 1));
    await ask((answer) => agent.heartbeat({ activity: "packages: install\u001b[2J openmpi-bin" }, answer));
    const seen = await ask<GetStatusResponse>((answer) => cluster.local.getStatus({}, answer));
    expect(seen.status?.nodes).toMatchObject([
      { node: "primary", phase: Phase.PHASE_ABSENT, primary: true, slots: 0 },
      {
        node: "secondary1",
        phase: Phase.PHASE_ENROLLED,
        leaseMs: 7000,
        slots: 4,
        reason: "waiting for its first run to end",
        activity: "packages: install?[2J openmpi-bin",
      },
      { node: "secondary2", phase: Phase.PHASE_ABSENT },
    ]);
    expect(await ask<GetVersionResponse>((answer) => cluster.local.getVersion({}, answer))).toMatchObject({
      cluster: "lab",
    });
  });

  it("watches the cluster become ready", async () => {
    await using cluster = await startFakeCluster();
    await cluster.join("primary", 1);
    const stream = cluster.local.watchStatus({});
    const looks: AsyncIterator<WatchStatusResponse> = stream[Symbol.asyncIterator]();
    const phase = async () => (await looks.next()).value?.status?.nodes[0]?.phase;
    expect(await phase()).toBe(Phase.PHASE_UNREACHABLE);
    convergeAll(cluster.controller);
    expect(await phase()).toBe(Phase.PHASE_READY);
    stream.cancel();
    await looks.next().catch(() => {}); // the cancelled stream says that it was cancelled
  });

  it("is told what nodes do and what holds for all, until a node falls silent", async () => {
    await using cluster = await startFakeCluster();
    const unable = { nfs: { server: false, client: false } };
    const { agent } = cluster.clients(await cluster.join("primary", 1, unable));
    const look = async () =>
      (await ask<GetStatusResponse>((answer) => cluster.local.getStatus({}, answer))).status ?? {
        nodes: [],
        notices: [],
        hostfileDue: false,
      };
    await ask((answer) => agent.heartbeat({ activity: `x\u0000${"y".repeat(9_000)}` }, answer));
    expect((await look()).nodes[0]?.activity).toMatch(/^x\?y{197}…$/);
    expect((await look()).notices).toEqual([expect.stringContaining("the kernel of primary cannot serve NFS")]);
    const before = cluster.controller.loop.record();
    await ask((answer) => agent.heartbeat({ activity: "packages: install gcc" }, answer));
    expect(cluster.controller.loop.record()).toBe(before); // nothing of it reaches the store
    for (let passed = 0; passed < 8_000; passed += 500) {
      cluster.clocks.monotonic += 500;
      cluster.controller.liveness.tick();
    }
    expect((await look()).nodes[0]).toMatchObject({ activity: "", phase: Phase.PHASE_UNREACHABLE });
  });

  it("sees a lease run down with nothing else that changes", async () => {
    await using cluster = await startFakeCluster(createMemoryStore(), { refreshMs: 10, lookMs: 0 });
    await cluster.join("primary", 1);
    convergeAll(cluster.controller);
    const stream = cluster.local.watchStatus({});
    const looks: AsyncIterator<WatchStatusResponse> = stream[Symbol.asyncIterator]();
    const lease = async () => (await looks.next()).value?.status?.nodes[0]?.leaseMs;
    const before = await lease();
    cluster.clocks.monotonic += 1_000;
    let after = await lease();
    while (after === before) after = await lease(); // some were on their way
    expect(after).toBe(before - 1_000);
    stream.cancel();
    await looks.next().catch(() => {}); // the cancelled stream says that it was cancelled
  });

  it("sees a node's newest activity, and not each of very many", async () => {
    await using cluster = await startFakeCluster();
    await cluster.join("primary", 1);
    const stream = cluster.local.watchStatus({});
    const seen: string[] = [];
    const newest = Promise.withResolvers<void>();
    stream.on("error", () => {}); // the cancelled stream says that it was cancelled
    stream.on("data", ({ status }: WatchStatusResponse) => {
      const activity = status?.nodes[0]?.activity ?? "";
      seen.push(activity);
      if (activity === "step 60") newest.resolve();
    });
    for (let step = 1; step <= 60; step += 1) {
      cluster.controller.liveness.heartbeat("primary", `step ${step}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await newest.promise;
    stream.cancel();
    expect(seen.length).toBeLessThan(20);
  });

  it("learns from a plan what nodes would change, and why some say nothing", async () => {
    await using cluster = await startFakeCluster();
    await cluster.join("primary", 1);
    const { agent } = cluster.clients(await cluster.join("secondary1", 2));
    const session = readSession(agent.session({ epoch: 0n, generation: 0n }));
    await session.next();
    const planned = ask<PlanResponse>((answer) => cluster.local.plan({ spec: "" }, answer));
    const message = await session.next();
    const id = message?.$case === "check" ? message.value.id : "";
    const changed: Outcome = { resource: "hosts", end: { $case: "changed", value: { changes: ["write /etc/hosts"] } } };
    await ask((answer) => agent.reportCheck({ id, outcomes: [changed] }, answer));
    expect((await planned).nodes).toMatchObject([
      { node: "primary", unknown: "not connected" },
      { node: "secondary1", unknown: "", outcomes: [changed] },
      { node: "secondary2", unknown: "not joined" },
    ]);
    const late = await ask<PlanResponse>((answer) => cluster.local.plan({ spec: "" }, answer));
    expect(late.nodes[1]).toMatchObject({ unknown: "did not answer in time" });
    session.cancel();
  });

  it("replaces the spec, and the nodes that are not in it any more are out", async () => {
    await using cluster = await startFakeCluster();
    await cluster.join("secondary1", 1);
    const spec = specText.replace("secondary1: { address: 192.168.56.11 }", "node4: { address: 192.168.56.14 }");
    const applied = await ask<ApplyResponse>((answer) => cluster.local.apply({ spec }, answer));
    expect(applied).toEqual({ added: ["node4"], removed: ["secondary1"], changed: [] });
    expect(cluster.controller.loop.record().state.nodes.size).toBe(0);
    expect(cluster.controller.tokens.list()).toEqual([]);
  });

  it("shows no slots of a primary that is kept out of the hostfile, and says that the last one stays", async () => {
    await using cluster = await startFakeCluster();
    await cluster.join("primary", 1);
    convergeAll(cluster.controller);
    await ask((answer) => cluster.local.apply({ spec: `${specText}\nhostfile: { primary: off }` }, answer));
    const { status } = await ask<GetStatusResponse>((answer) => cluster.local.getStatus({}, answer));
    expect(status).toMatchObject({ hostfileGeneration: 1n, nodes: [{ slots: 0 }, {}, {}] });
    expect(status?.notices).toContainEqual(expect.stringContaining("the hostfile stays at generation 1: no node but"));
  });

  it("is told every problem of a bad spec, and nothing changes", async () => {
    await using cluster = await startFakeCluster();
    const before = cluster.controller.loop.record();
    const applied = ask((answer) => cluster.local.apply({ spec: "name: lab\nnods: 1\n" }, answer));
    expect(reasonOf(await applied.catch((error: unknown) => error))).toBe("SPEC_INVALID");
    expect(cluster.controller.loop.record()).toBe(before);
  });

  it("is told of a spec that is wrong in hundreds of places", async () => {
    await using cluster = await startFakeCluster();
    const spec = Array.from({ length: 500 }, (_, n) => `a-key-that-nobody-knows-${n}: ${n}\n`).join("");
    const applied = ask((answer) => cluster.local.apply({ spec }, answer));
    expect(reasonOf(await applied.catch((error: unknown) => error))).toBe("SPEC_INVALID");
  });

  it("can neither remove nor move the primary", async () => {
    await using cluster = await startFakeCluster();
    await cluster.join("primary", 1);
    const code = status.FAILED_PRECONDITION;
    await expect(ask((answer) => cluster.local.removeNode({ node: "primary" }, answer))).rejects.toMatchObject({
      code,
    });
    const spec = specText.replace("primary:", "other:");
    await expect(ask((answer) => cluster.local.apply({ spec }, answer))).rejects.toMatchObject({ code });
    await expect(ask((answer) => cluster.local.plan({ spec }, answer))).rejects.toMatchObject({ code });
  });

  it("can correct the primary's name and address before it joined", async () => {
    await using cluster = await startFakeCluster();
    const spec = specText.replace("primary: { address: 192.168.56.10", "head: { address: 192.168.56.9");
    const planned = await ask<PlanResponse>((answer) => cluster.local.plan({ spec }, answer));
    expect(planned.nodes.map(({ node }) => node)).toContain("head");
    const applied = await ask<ApplyResponse>((answer) => cluster.local.apply({ spec }, answer));
    expect(applied).toMatchObject({ added: ["head"], removed: ["primary"] });
  });

  it("is refused a token for a node that is in no spec, and one that lives too long", async () => {
    await using cluster = await startFakeCluster();
    const create = async (node: string, lifetimeSeconds: number) =>
      await ask((answer) => cluster.local.createToken({ node, lifetimeSeconds }, answer));
    expect(reasonOf(await create("nobody", 0).catch((error: unknown) => error))).toBe("NODE_UNKNOWN");
    await expect(create("secondary1", 8 * 24 * 3600)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it("finds health and reflection on the socket", async () => {
    await using cluster = await startFakeCluster();
    const client = new Client(`unix:${cluster.socket}`, credentials.createInsecure());
    const raw = (bytes: Buffer) => bytes;
    const health = await ask<Buffer | undefined>((answer) =>
      client.makeUnaryRequest("/grpc.health.v1.Health/Check", raw, raw, Buffer.alloc(0), answer),
    );
    expect(health).toEqual(Buffer.from([8, 1])); // field 1: SERVING
    const path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    const reflection = client.makeBidiStreamRequest(path, raw, raw);
    reflection.write(Buffer.from([0x3a, 0])); // field 7: list_services
    reflection.end();
    const answers: Buffer[] = await reflection.toArray();
    expect(answers.map(String).join()).toContain("cowherd.v1.OperatorService");
    client.close();
  });
});
