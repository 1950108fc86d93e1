import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Event } from "@cowherd/proto";
import { expect, it } from "vitest";
import type { Controller } from "../controller.ts";
import { convergeAll } from "../fake-convergence.ts";
import { clusterStatus } from "../rpc/cluster-status.ts";
import { startFakeCluster } from "../rpc/fake-cluster.ts";
import { machineFacts, newMachineKey } from "../rpc/fake-machine.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";

const day = 24 * 3_600_000;
const heardOf = ({ events }: Controller): readonly Event[] => events.read(0n, 10_000).map(({ event }) => event);
const typesOf = (controller: Controller) => heardOf(controller).map(({ type }) => type);

it("tells how a machine becomes a node that is listed", async () => {
  await using cluster = await startFakeCluster();
  await cluster.join("primary", 1);
  convergeAll(cluster.controller);
  expect(typesOf(cluster.controller)).toEqual([
    "token.used",
    "node.enrolled",
    "node.converging",
    "node.proving",
    "node.ready",
    "hostfile.published",
  ]);
});

it("rings after each commit that added events, and after no other", async () => {
  await using cluster = await startFakeCluster();
  const { eventBells, tokens, events } = cluster.controller;
  const bell = eventBells.add();
  let rings = 0;
  const listening = (async () => {
    for (; rings < 2; rings += 1) await bell.rung();
  })();
  tokens.create("secondary1", 0);
  expect(events.last()).toBe(0n);
  await cluster.join("primary", 1);
  cluster.controller.liveness.heartbeat("primary", "");
  await listening;
  expect(events.last()).toBe(3n);
});

it("tells of machines that come with a token which does not let them in, and not of any number of them", async () => {
  await using cluster = await startFakeCluster();
  const { enrollment } = cluster.controller;
  const { csr } = await newMachineKey();
  const knock = async (node: string) => {
    const application = { secret: new Uint8Array(16), csr, facts: machineFacts("192.168.56.11", 1), node };
    await expect(enrollment.enroll(application)).rejects.toThrow("no such token");
  };
  await knock("secondary1");
  await knock("what\u001b[2J");
  expect(heardOf(cluster.controller)).toEqual([
    { type: "token.refused", node: "secondary1", reason: "no such token" },
    { type: "token.refused", node: undefined, reason: "no such token" },
  ]);
  for (let tries = 0; tries < 30; tries += 1) await knock("");
  expect(heardOf(cluster.controller)).toHaveLength(20);
  cluster.clocks.wall += 3_600_000;
  await knock("");
  expect(heardOf(cluster.controller)).toHaveLength(21);
});

it("tells once of a certificate that ends soon, also over a restart, and again of the next one", async () => {
  const folder = await mkdtemp(`${tmpdir()}/telling-`);
  const store = openSqliteStore(`${folder}/cluster.sqlite`);
  await using cluster = await startFakeCluster(store);
  const { controller, clocks } = cluster;
  await cluster.join("primary", 1);
  const expiring = () => typesOf(controller).filter((type) => type === "certificate.expiring");
  clocks.wall += 25 * day;
  controller.tick();
  expect(expiring()).toHaveLength(0);
  clocks.wall += day;
  controller.tick();
  controller.tick();
  expect(heardOf(controller).at(-1)).toMatchObject({ type: "certificate.expiring", node: "primary" });
  expect(expiring()).toHaveLength(1);

  const again = openSqliteStore(`${folder}/cluster.sqlite`);
  await using second = await startFakeCluster(again);
  second.clocks.wall += 27 * day;
  second.controller.tick();
  expect(typesOf(second.controller).filter((type) => type === "certificate.expiring")).toHaveLength(1);
  again.close();

  const used = controller.loop.record().state.nodes.get("primary")?.certificates.at(-1) ?? "";
  await controller.enrollment.renew({ node: "primary", certificate: used }, (await newMachineKey()).csr);
  expect(heardOf(controller).at(-1)).toMatchObject({ type: "certificate.renewed", node: "primary" });
  clocks.wall += 27 * day;
  controller.tick();
  expect(heardOf(controller)).toMatchObject([{ type: "certificate.expiring", expiresAt: expect.any(Number) }]); // the rest is too old
  store.close();
  await rm(folder, { recursive: true });
});

it("loses none of a thousand events in a burst when the machine loses its power, and counts on without a gap", async () => {
  const folder = await mkdtemp(`${tmpdir()}/telling-`);
  const path = `${folder}/cluster.sqlite`;
  const store = openSqliteStore(path);
  await using cluster = await startFakeCluster(store);
  const { loop, liveness, events } = cluster.controller;
  await cluster.join("primary", 1);
  convergeAll(cluster.controller);
  const before = events.last();
  for (let n = 0; n < 500; n += 1) {
    loop.commit({ events: [{ type: "node-drained", node: "primary", reason: `reason ${n}`, deadlineMs: undefined }] });
    loop.commit({ events: [{ type: "node-undrained", node: "primary" }] });
  }
  liveness.tick();
  const told = events.read(before, 10_000);
  expect(told.length).toBeGreaterThanOrEqual(1_000);

  const cut = openSqliteStore(path); // beside the first, as after a kill: nothing was closed
  const read = cut.events.read(0n, 10_000);
  expect(read.slice(-told.length)).toEqual(told);
  expect(read.map(({ sequence }) => sequence)).toEqual(read.map((_, at) => BigInt(at + 1)));
  expect(read.map(({ id }) => id)).toEqual(read.map(({ id }) => id).toSorted());
  await using second = await startFakeCluster(cut);
  await second.join("secondary1", 2);
  expect(second.controller.events.read(told.at(-1)?.sequence ?? 0n, 1)).toMatchObject([
    { sequence: BigInt(read.length + 1), event: { type: "token.used", node: "secondary1" } },
  ]);
  cut.close();
  store.close();
  await rm(folder, { recursive: true });
});

it("keeps within its bounds while the broker is away, and says what was given up, in the status too", async () => {
  const eventRules = () => ({ count: 100, ageMs: day, publishing: true });
  await using cluster = await startFakeCluster(undefined, {}, { eventRules });
  const { loop, events, eventBells } = cluster.controller;
  const bell = eventBells.add();
  await cluster.join("primary", 1);
  convergeAll(cluster.controller);
  for (let n = 0; n < 300; n += 1) {
    loop.commit({ events: [{ type: "node-drained", node: "primary", reason: `reason ${n}`, deadlineMs: undefined }] });
    loop.commit({ events: [{ type: "node-undrained", node: "primary" }] });
  }
  await bell.rung();
  const kept = events.marks();
  expect(kept.length).toBeLessThanOrEqual(102);
  const told = kept.filter(({ type }) => type === "events.dropped");
  expect(told).toHaveLength(1);
  const { first, last, count } = loop.lost() ?? { first: 0n, last: 0n, count: 0n };
  expect(first).toBe(1n);
  expect(count).toBeGreaterThan(500n);
  expect(kept.filter(({ sequence }) => sequence < last)).toEqual([]);
  expect(clusterStatus(cluster.controller).notices.at(-1)).toMatch(
    /^\d+ events were given up before NATS had got them/,
  );
});
