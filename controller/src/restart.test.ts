import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { convergeAll } from "./fake-convergence.ts";
import { startFakeCluster } from "./rpc/fake-cluster.ts";
import { openSqliteStore } from "./store/sqlite-store.ts";

async function inFolder(use: (database: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(`${tmpdir()}/restart-`);
  try {
    await use(`${folder}/cluster.sqlite`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

it("comes back from the same file with the same state, and the hostfile loses nobody", async () => {
  await inFolder(async (database) => {
    const store = openSqliteStore(database);
    await using first = await startFakeCluster(store);
    await first.join("primary", 1);
    await first.join("secondary1", 2);
    convergeAll(first.controller);
    const before = first.controller.loop.record();
    expect(before.state.hostfile?.entries).toHaveLength(2);

    const again = openSqliteStore(database); // beside the first, as after a kill: nothing was closed
    await using second = await startFakeCluster(again);
    expect(second.controller.loop.record()).toEqual(before);
    expect(second.controller.loop.desired()).toEqual(first.controller.loop.desired());

    second.clocks.monotonic += 2_999;
    second.controller.liveness.tick();
    expect(second.controller.loop.record().state.hostfile).toEqual(before.state.hostfile);
    again.close();
    store.close();
  });
});

it("K3: keeps a drain, a hold and the last good file over a restart", async () => {
  await inFolder(async (database) => {
    const store = openSqliteStore(database);
    await using first = await startFakeCluster(store);
    for (const [n, node] of ["primary", "secondary1", "secondary2"].entries()) await first.join(node, n + 1);
    convergeAll(first.controller);
    first.controller.upkeep.drain("primary", "new disk", undefined);
    for (let passed = 0; passed < 7_000; passed += 500) {
      first.clocks.monotonic += 500;
      first.controller.liveness.heartbeat("primary", "", 2);
      first.controller.liveness.tick();
    }
    const before = first.controller.loop.record().state;
    expect(before.silence.held).toBe(true);
    expect(before.hostfile?.entries).toHaveLength(2);

    const again = openSqliteStore(database);
    await using second = await startFakeCluster(again);
    for (let passed = 0; passed < 60_000; passed += 500) {
      second.clocks.monotonic += 500;
      second.controller.liveness.heartbeat("primary", "", 2);
      second.controller.liveness.tick();
      expect(second.controller.loop.record().state.hostfile).toEqual(before.hostfile);
    }
    const { nodes } = second.controller.loop.record().state;
    expect(nodes.get("primary")?.drain).toEqual({ reason: "new disk", deadline: undefined, ranks: 2 });
    again.close();
    store.close();
  });
});

it("empties nothing when the machine slept and its clock jumped", async () => {
  await using cluster = await startFakeCluster();
  await cluster.join("primary", 1);
  await cluster.join("secondary1", 2);
  convergeAll(cluster.controller);
  const before = cluster.controller.loop.record();
  cluster.clocks.monotonic += 3_600_000;
  cluster.clocks.wall -= 86_400_000;
  cluster.controller.liveness.tick();
  expect(cluster.controller.loop.record()).toBe(before);
});

it("takes a silent node out of the hostfile, and out of it alone", async () => {
  await using cluster = await startFakeCluster();
  const { loop, liveness } = cluster.controller;
  await cluster.join("primary", 1);
  await cluster.join("secondary1", 2);
  convergeAll(cluster.controller);
  const hosts = () => loop.record().state.hostfile?.entries.map(({ node }) => node);
  for (let passed = 0; passed < 7_000; passed += 500) {
    cluster.clocks.monotonic += 500;
    liveness.heartbeat("primary", "");
    liveness.tick();
    if (passed < 6_500) expect(hosts()).toEqual(["primary", "secondary1"]);
  }
  expect(hosts()).toEqual(["primary"]);
});
