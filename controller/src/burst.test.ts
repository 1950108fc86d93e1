import { expect, it } from "vitest";
import { proveAll } from "./fake-convergence.ts";
import { ordinaryPace } from "./hostfile/pace.ts";
import { startFakeCluster } from "./rpc/fake-cluster.ts";
import { clusterSpec, enrolled, ran } from "./state/cluster.fixture.ts";
import { initialState } from "./state/initial-state.ts";
import { createMemoryStore } from "./store/memory-store.ts";

const secondaries = Array.from({ length: 100 }, (_, n) => `secondary${n + 1}`);
const names = ["primary", ...secondaries];

it("writes a hostfile at once for a single join, and five at most for a hundred that come in a burst", async () => {
  const store = createMemoryStore();
  store.commit({ state: initialState(clusterSpec(names), 1n), tokens: new Map(), operators: new Map() });
  await using cluster = await startFakeCluster(store, { pace: ordinaryPace });
  const { loop, liveness } = cluster.controller;
  const hostfile = () => loop.record().state.hostfile;
  const converge = (...nodes: readonly string[]) => {
    loop.commit({ events: nodes.map((node) => ran(loop.record().state, node)) });
    proveAll(cluster.controller);
  };
  const pass = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 250) {
      cluster.clocks.monotonic += 250;
      for (const node of names) liveness.heartbeat(node, "");
      liveness.tick();
    }
  };

  loop.commit({ events: names.flatMap((node) => enrolled(node)) });
  converge("primary");
  expect(hostfile()).toMatchObject({ generation: 1n, entries: { length: 1 } });
  pass(10_000);

  converge("secondary1");
  expect(hostfile()).toMatchObject({ generation: 2n, entries: { length: 2 } });
  for (let from = 1; from < secondaries.length; from += 4) {
    pass(500);
    converge(...secondaries.slice(from, from + 4)); // one by one is the same, and takes this test long
  }
  expect(loop.record().state.nodes.get("secondary100")?.admitted).toBe(true);
  pass(1_000);
  expect(hostfile()?.entries).toHaveLength(101);
  expect(hostfile()?.generation).toBeLessThanOrEqual(6n); // the primary's own is one of them
  pass(10_000);
  expect(hostfile()?.generation).toBeLessThanOrEqual(6n);
});
