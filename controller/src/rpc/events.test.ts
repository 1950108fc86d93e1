import type { ListEventsRequest, ListEventsResponse } from "@cowherd/proto/wire";
import { status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import type { EventLog } from "../events/event-log.ts";
import { convergeAll } from "../fake-convergence.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { type FakeCluster, startFakeCluster } from "./fake-cluster.ts";

const all: ListEventsRequest = { after: undefined, sinceMs: 0n, follow: false, node: "", type: "" };
const open = (
  cluster: FakeCluster,
  request: Partial<ListEventsRequest>,
): AsyncIterable<ListEventsResponse> & { cancel(): void } => cluster.local.listEvents({ ...all, ...request });

async function list(cluster: FakeCluster, request: Partial<ListEventsRequest> = {}) {
  const found: ListEventsResponse[] = [];
  for await (const response of open(cluster, request)) found.push(response);
  return found;
}

const typesOf = (found: readonly ListEventsResponse[]) => found.slice(1).map(({ type }) => type);

async function twoNodes() {
  const cluster = await startFakeCluster();
  await cluster.join("primary", 1);
  convergeAll(cluster.controller);
  cluster.clocks.wall += 3_600_000;
  await cluster.join("secondary1", 2);
  return cluster;
}

describe("the list of events", () => {
  it("begins with its place, and is whole", async () => {
    await using cluster = await twoNodes();
    const found = await list(cluster);
    expect(found[0]).toMatchObject({ sequence: 0n, kept: undefined });
    expect(found.slice(1).map(({ sequence, kept }) => [sequence, kept?.sequence])).toEqual(
      found.slice(1).map((_, at) => [BigInt(at + 1), BigInt(at + 1)]),
    );
    expect(found.at(-1)).toMatchObject({ type: "node.enrolled", node: "secondary1" });
    expect(JSON.parse(found.at(-1)?.cloudEvent ?? "")).toMatchObject({
      source: "/clusters/lab/controller",
      type: "io.cowherd.node.enrolled.v1",
      subject: "secondary1",
    });
  });

  it.each<[string, Partial<ListEventsRequest>, readonly string[]]>([
    ["a kind", { type: "hostfile" }, ["hostfile.published"]],
    ["a type", { type: "node.ready" }, ["node.ready"]],
    ["a node", { node: "secondary1" }, ["token.used", "node.enrolled"]],
    ["a node that nothing was told of", { node: "secondary2" }, []],
    ["a time", { sinceMs: 60_000n }, ["token.used", "node.enrolled"]],
    ["a time and a kind", { sinceMs: 60_000n, type: "node" }, ["node.enrolled"]],
    ["what was seen", { after: 7n }, ["node.enrolled"]],
    ["more than there is, as in a store that was rebuilt", { after: 99n, type: "hostfile" }, ["hostfile.published"]],
  ])("is of %s", async (_, request, types) => {
    await using cluster = await twoNodes();
    expect(typesOf(await list(cluster, request))).toEqual(types);
  });

  it("is of a node that is gone, as long as it is told of", async () => {
    await using cluster = await twoNodes();
    cluster.controller.loop.commit({ events: [{ type: "node-removed", node: "secondary1" }] });
    expect(typesOf(await list(cluster, { node: "secondary1", type: "node.removed" }))).toEqual(["node.removed"]);
    await expect(list(cluster, { node: "secondry2" })).rejects.toMatchObject({
      code: status.NOT_FOUND,
      details: 'no node "secondry2" in the cluster spec, nor in any event: did you mean secondary2?',
    });
  });

  it("is of no type that there is not, and says which was meant", async () => {
    await using cluster = await startFakeCluster();
    await expect(list(cluster, { type: "node.redy" })).rejects.toMatchObject({
      code: status.NOT_FOUND,
      details: 'no event is called "node.redy": did you mean node.ready?',
    });
    await expect(list(cluster, { type: "weather" })).rejects.toMatchObject({
      details: expect.stringContaining("the kinds are node, hostfile, run, spec, token"),
    });
  });

  it("is for operators alone", async () => {
    await using cluster = await startFakeCluster();
    const { operator } = cluster.clients(await cluster.join("primary", 1));
    const asked = (async () => {
      for await (const _ of operator.listEvents(all)) throw new TypeError("a node was told");
    })();
    await expect(asked).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
  });
});

describe("whoever follows the events", () => {
  it("hears those that come, and without a place no others", async () => {
    await using cluster = await twoNodes();
    const stream = open(cluster, { follow: true, type: "node" });
    const heard = stream[Symbol.asyncIterator]();
    expect((await heard.next()).value).toMatchObject({ sequence: cluster.controller.events.last(), kept: undefined });
    await cluster.join("secondary2", 3);
    expect((await heard.next()).value).toMatchObject({ type: "node.enrolled", node: "secondary2" });
    stream.cancel();
    await heard.next().catch(() => {}); // the cancelled stream says that it was cancelled
    expect(cluster.faults).toEqual([]);
  });

  it("is waited for: who reads nothing gets no more than fits into the pipe, and holds nobody else up", async () => {
    const store = createMemoryStore();
    let furthest = 0n;
    const events: EventLog = {
      ...store.events,
      read(after, limit) {
        if (limit === 100 && after > furthest) furthest = after;
        return store.events.read(after, limit);
      },
    };
    await using cluster = await startFakeCluster({ ...store, events });
    const reason = "r".repeat(40_000);
    await cluster.join("primary", 1);
    for (let n = 0; n < 500; n += 1) {
      cluster.controller.loop.commit({ told: [{ type: "token.refused", node: undefined, reason: `${n} ${reason}` }] });
    }
    const last = events.last();
    const lazy = cluster.local.listEvents({ ...all, after: 0n, follow: true });
    lazy.on("error", () => {}); // the cancelled stream says that it was cancelled
    lazy.pause();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(furthest).toBeLessThan(last);
    expect(await list(cluster)).toHaveLength(Number(last) + 1);
    lazy.cancel();
  });
});
