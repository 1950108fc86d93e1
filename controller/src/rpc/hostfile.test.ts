import type {
  AdoptHostfileResponse,
  GetHostfileResponse,
  GetStatusResponse,
  ListHostfileGenerationsResponse,
  Outcome,
  RollBackHostfileResponse,
  UnpinHostfileResponse,
} from "@cowherd/proto/wire";
import { status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { convergeAll, proveAll } from "../fake-convergence.ts";
import { type FakeCluster, startFakeCluster } from "./fake-cluster.ts";
import { reasonOf } from "./fake-error-reason.ts";
import { ask } from "./fake-machine.ts";

/** A cluster whose hostfile grew from the primary (generation 1) to secondary1 (2) and secondary2 (3). */
async function startGrownCluster(): Promise<FakeCluster> {
  const cluster = await startFakeCluster();
  for (const [at, node] of ["primary", "secondary1", "secondary2"].entries()) {
    await cluster.join(node, at + 1);
    cluster.clocks.wall += 60_000;
    convergeAll(cluster.controller);
  }
  return cluster;
}

const rollBack = async ({ local }: FakeCluster, generation: bigint) =>
  (await ask<RollBackHostfileResponse>((answer) => local.rollBackHostfile({ generation }, answer))).pinned;
const adopt = async ({ local }: FakeCluster, text: string) =>
  (await ask<AdoptHostfileResponse>((answer) => local.adoptHostfile({ text }, answer))).pinned;
const unpin = async ({ local }: FakeCluster) =>
  await ask<UnpinHostfileResponse>((answer) => local.unpinHostfile({}, answer));
const look = async ({ local }: FakeCluster) =>
  (await ask<GetStatusResponse>((answer) => local.getStatus({}, answer))).status;
const inForce = async ({ local }: FakeCluster) =>
  (await ask<GetHostfileResponse>((answer) => local.getHostfile({}, answer))).text;

describe("the hostfiles that are kept", () => {
  it("are told with their times, oldest first", async () => {
    await using cluster = await startGrownCluster();
    const { generations } = await ask<ListHostfileGenerationsResponse>((answer) =>
      cluster.local.listHostfileGenerations({}, answer),
    );
    expect(generations.map(({ generation, entries }) => [generation, entries.length])).toEqual([
      [1n, 1],
      [2n, 2],
      [3n, 3],
    ]);
    const times = generations.map(({ publishedAt }) => publishedAt?.getTime() ?? 0);
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 60_000, 120_000]);
    expect(times[2]).toBe(cluster.clocks.wall);
  });
});

describe("a hostfile that is rolled back", () => {
  it("is a new generation of the old entries, and joins do not enter it until it is released", async () => {
    await using cluster = await startGrownCluster();
    expect(await rollBack(cluster, 2n)).toMatchObject({
      generation: 4n,
      entries: [{ node: "primary" }, { node: "secondary1" }],
      unlisted: [],
    });
    convergeAll(cluster.controller);
    expect(await inForce(cluster)).not.toContain("secondary2");
    expect((await look(cluster))?.notices).toEqual([
      "the hostfile is pinned to generation 2: secondary2 is ready and not listed; `cowctl hostfile unpin` ends it",
    ]);
    expect(await unpin(cluster)).toEqual({ wasPinned: true, generation: 5n });
    expect(await inForce(cluster)).toContain("secondary2");
    expect((await look(cluster))?.notices).toEqual([]);
    expect(await unpin(cluster)).toEqual({ wasPinned: false, generation: 5n });
  });

  it("lists no node that is not fit, and says why", async () => {
    await using cluster = await startGrownCluster();
    cluster.controller.loop.commit({ events: [{ type: "lease-lost", node: "secondary1" }] });
    const pinned = await rollBack(cluster, 2n);
    expect(pinned?.entries).toMatchObject([{ node: "primary" }]);
    expect(pinned?.unlisted).toEqual([
      { node: "secondary1", reason: expect.stringMatching(/^unreachable, no sign of life/) },
    ]);
  });

  it("is refused where nobody of the old one is fit, with each reason", async () => {
    await using cluster = await startGrownCluster();
    cluster.controller.loop.commit({ events: [{ type: "lease-lost", node: "primary" }] });
    const before = cluster.controller.loop.record();
    await expect(rollBack(cluster, 1n)).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: expect.stringMatching(/^no node of it is fit to be listed: primary is unreachable, no sign of life/),
    });
    expect(cluster.controller.loop.record()).toBe(before);
  });

  it("is in force at once, also amid a burst", async () => {
    await using cluster = await startGrownCluster();
    expect(await rollBack(cluster, 1n)).toMatchObject({ generation: 4n, entries: [{ node: "primary" }] });
    expect(await unpin(cluster)).toEqual({ wasPinned: true, generation: 5n });
    expect(await rollBack(cluster, 2n)).toMatchObject({ generation: 6n });
  });

  it("is refused while the hostfile is held, and a hold keeps a pin's lines too", async () => {
    await using cluster = await startGrownCluster();
    const lost = (["secondary1", "secondary2"] as const).map((node) => ({ type: "lease-lost", node }) as const);
    await rollBack(cluster, 3n);
    cluster.clocks.monotonic += 1_000;
    cluster.controller.loop.commit({ events: lost });
    const before = cluster.controller.loop.record();
    expect(before.state.hostfile?.entries).toHaveLength(3);
    await expect(rollBack(cluster, 1n)).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: expect.stringMatching(/^the hostfile is held/),
    });
    expect(cluster.controller.loop.record()).toBe(before);
    expect((await look(cluster))?.notices).toEqual([
      expect.stringContaining("HELD at generation"),
      expect.stringContaining("pinned to generation 3"),
    ]);
    expect(await unpin(cluster)).toMatchObject({ generation: before.state.hostfile?.generation });
  });

  it("is refused to a generation that is not kept", async () => {
    await using cluster = await startGrownCluster();
    const refused = await rollBack(cluster, 9n).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: status.NOT_FOUND });
    expect(reasonOf(refused)).toBe("GENERATION_UNKNOWN");
  });
});

describe("an edit by hand", () => {
  const edit: Outcome = {
    resource: "hostfile",
    end: { $case: "changed", value: { changes: ["write it"], handEdit: "-secondary2" } },
  };
  const report = (cluster: FakeCluster, node: string) => {
    const desired = cluster.controller.loop.desired().get(node);
    const run = { epoch: 1n, generation: desired?.generation ?? 0n, revision: desired?.revision ?? "", durationMs: 1 };
    return { run: { ...run, outcomes: [edit] } };
  };

  it("that the primary tells of is in the status, until it is adopted", async () => {
    await using cluster = await startFakeCluster();
    const { agent } = cluster.clients(await cluster.join("primary", 1));
    await ask((answer) => agent.heartbeat({ activity: "" }, answer));
    await ask((answer) => agent.reportRun(report(cluster, "primary"), answer));
    proveAll(cluster.controller);
    cluster.clocks.wall += 120_000;
    expect((await look(cluster))?.notices).toEqual([
      expect.stringContaining("by hand 2 min ago, which was taken back: -secondary2;"),
    ]);

    const pinned = await adopt(cluster, "primary slots=7\nsecondary1 slots=1\n");
    expect(pinned?.entries).toEqual([{ node: "primary", slots: 7 }]);
    expect(pinned?.unlisted).toEqual([{ node: "secondary1", reason: expect.stringMatching(/^absent, not joined/) }]);
    const status = await look(cluster);
    expect(status?.notices).toEqual([
      "the hostfile is pinned to an edit by hand that was adopted; `cowctl hostfile unpin` ends it",
    ]);
    expect(status?.nodes[0]).toMatchObject({ node: "primary", slots: 7 });
  });

  it("that another node tells of is nobody's", async () => {
    await using cluster = await startFakeCluster();
    const { agent } = cluster.clients(await cluster.join("secondary1", 1));
    await ask((answer) => agent.reportRun(report(cluster, "secondary1"), answer));
    expect((await look(cluster))?.notices).toEqual([]);
  });

  it("that cannot be adopted is refused with every problem, and nothing changes", async () => {
    await using cluster = await startGrownCluster();
    const before = cluster.controller.loop.record();
    const refused = await adopt(cluster, "node9 slots=4\nprimary\n").catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: status.INVALID_ARGUMENT, details: expect.stringContaining("line 2:") });
    expect(reasonOf(refused)).toBe("HOSTFILE_INVALID");
    expect(cluster.controller.loop.record()).toBe(before);
  });
});
