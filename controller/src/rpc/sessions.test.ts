import type { GetHostfileResponse, GetStatusResponse, RenewResponse, SessionResponse } from "@cowherd/proto/wire";
import { status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { convergeAll } from "../fake-convergence.ts";
import { type FakeCluster, startFakeCluster } from "./fake-cluster.ts";
import { reasonOf } from "./fake-error-reason.ts";
import { ask, machineFacts, newMachineKey, readSession } from "./fake-machine.ts";

const first = { epoch: 0n, generation: 0n };

async function beat(agent: ReturnType<FakeCluster["clients"]>["agent"], activity = "") {
  return await ask((answer) => agent.heartbeat({ activity }, answer));
}

async function errorOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function desiredIn(message: SessionResponse["message"]) {
  expect(message?.$case).toBe("desiredState");
  return message?.$case === "desiredState" ? message.value : undefined;
}

async function hostfile({ local }: FakeCluster): Promise<string> {
  return (await ask<GetHostfileResponse>((answer) => local.getHostfile({}, answer))).text;
}

describe("sessions", () => {
  it("open with the complete desired state, and tell each newer one", async () => {
    await using cluster = await startFakeCluster();
    const { agent } = cluster.clients(await cluster.join("primary", 1));
    const session = readSession(agent.session(first));
    const one = desiredIn(await session.next());
    await cluster.join("secondary1", 2);
    const two = desiredIn(await session.next());
    expect(one?.resources.map(({ id }) => id)).toContain("hosts");
    expect(two?.generation).toBeGreaterThan(one?.generation ?? 0n);
    session.cancel();
  });

  it("end when a newer one of the same node opens", async () => {
    await using cluster = await startFakeCluster();
    const { agent } = cluster.clients(await cluster.join("secondary1", 1));
    const older = readSession(agent.session(first));
    await older.next();
    const newer = readSession(agent.session(first));
    await newer.next();
    await expect(older.next()).rejects.toMatchObject({ code: status.ABORTED });
    newer.cancel();
  });

  it("end with the node's removal, after which its certificate is worthless", async () => {
    await using cluster = await startFakeCluster();
    await cluster.join("primary", 1);
    const { agent } = cluster.clients(await cluster.join("secondary1", 2));
    const session = readSession(agent.session(first));
    await session.next();
    await ask((answer) => cluster.local.removeNode({ node: "secondary1" }, answer));
    expect(reasonOf(await errorOf(session.next()))).toBe("CERTIFICATE_REVOKED");
    expect(reasonOf(await errorOf(beat(agent)))).toBe("CERTIFICATE_REVOKED");
  });

  it("end for the old machine when another takes its place", async () => {
    await using cluster = await startFakeCluster();
    const old = cluster.clients(await cluster.join("secondary1", 1)).agent;
    const session = readSession(old.session(first));
    await session.next();
    const replacement = cluster.clients(await cluster.join("secondary1", 7)).agent;
    expect(reasonOf(await errorOf(session.next()))).toBe("CERTIFICATE_REVOKED");
    expect(await errorOf(beat(replacement))).toBeUndefined();
  });

  it("keep no more for a reader that does not read than the network does", async () => {
    await using cluster = await startFakeCluster();
    const { agent } = cluster.clients(await cluster.join("secondary1", 1));
    const stream = agent.session(first);
    const generations: bigint[] = [];
    const newest = Promise.withResolvers<void>();
    stream.on("error", () => {}); // the stop at the end of the test
    stream.on("data", ({ message }: SessionResponse) => {
      const generation = message?.$case === "desiredState" ? message.value.generation : 0n;
      generations.push(generation);
      if (generation === 400n) newest.resolve();
      if (generations.length === 1) stream.pause();
    });
    const content = "x".repeat(100_000);
    for (let generation = 101n; generation <= 400n; generation += 1n) {
      const file = {
        id: "f",
        requires: [],
        kind: "file",
        path: "/f",
        content,
        owner: "a",
        group: "a",
        mode: 0,
      } as const;
      const desired = { epoch: 1n, generation, revision: "r", resources: [file] };
      cluster.controller.sessions.offer(new Map([["secondary1", desired]]));
      await new Promise(setImmediate);
    }
    stream.resume();
    await newest.promise;
    expect(generations.length).toBeLessThan(150);
  });

  it("say goodbye when the controller stops", async () => {
    const cluster = await startFakeCluster();
    const { agent } = cluster.clients(await cluster.join("secondary1", 1));
    const session = readSession(agent.session(first));
    await session.next();
    const stopped = cluster[Symbol.asyncDispose]();
    expect((await session.next())?.$case).toBe("goingAway");
    await stopped;
  });
});

describe("a certificate", () => {
  it("stays good until the renewed one was used, and not longer", async () => {
    await using cluster = await startFakeCluster();
    const old = cluster.clients(await cluster.join("secondary1", 1)).agent;
    const { privateKey, csr } = await newMachineKey();
    const { certificate } = await ask<RenewResponse>((answer) => old.renew({ csr }, answer));
    expect(await errorOf(beat(old))).toBeUndefined();
    const renewed = cluster.clients({ privateKey, certificate }).agent;
    expect(await errorOf(beat(renewed))).toBeUndefined();
    expect(reasonOf(await errorOf(beat(old)))).toBe("CERTIFICATE_REVOKED");
  });

  it("is worthless once it has expired, even on a connection that stands", async () => {
    await using cluster = await startFakeCluster();
    const { agent } = cluster.clients(await cluster.join("secondary1", 1));
    await beat(agent);
    cluster.clocks.wall += 31 * 24 * 3_600_000;
    expect(reasonOf(await errorOf(beat(agent)))).toBe("CERTIFICATE_REVOKED");
  });
});

describe("a report", () => {
  it("is about the node of the certificate, whatever it says of itself", async () => {
    await using cluster = await startFakeCluster();
    await cluster.join("secondary2", 2);
    const before = cluster.controller.loop.record().state.nodes.get("secondary2");
    const { agent } = cluster.clients(await cluster.join("secondary1", 1));
    const facts = machineFacts("192.168.56.12", 1, { hostname: "secondary2" });
    await ask((answer) => agent.reportFacts({ facts }, answer));
    const { nodes } = cluster.controller.loop.record().state;
    expect(nodes.get("secondary2")?.facts).toBe(before?.facts);
    expect(nodes.get("secondary1")?.facts.hostname).toBe("secondary2");
  });

  it("C9: with other processors, as after a reboot, is the next hostfile without anybody's help", async () => {
    await using cluster = await startFakeCluster();
    const { agent } = cluster.clients(await cluster.join("primary", 1));
    convergeAll(cluster.controller);
    expect(await hostfile(cluster)).toContain("generation 1;");
    const facts = machineFacts("192.168.56.10", 1, {
      processors: { online: 8, schedulable: 8, quota: undefined, cores: 4 },
    });
    await ask((answer) => agent.reportFacts({ facts }, answer));
    expect(await hostfile(cluster)).toBe("# Managed by Cowherd, generation 2; edits are replaced.\nprimary slots=8\n");
    const { status } = await ask<GetStatusResponse>((answer) => cluster.local.getStatus({}, answer));
    expect(status?.nodes[0]).toMatchObject({ node: "primary", slots: 8 });
  });

  it.each([
    ["the machine-id of another machine, as from a copied disk,", { machineId: "ff".repeat(16) }],
    ["a newline in the hostname", { hostname: "x\nevil slots=9" }],
    ["a million processors", { processors: { online: 1e6, schedulable: 1e6, quota: undefined, cores: 1e6 } }],
  ])("with %s is refused, named in the status, and leaves the hostfile as it was", async (_what, over) => {
    await using cluster = await startFakeCluster();
    const { agent } = cluster.clients(await cluster.join("primary", 1));
    convergeAll(cluster.controller);
    const before = await hostfile(cluster);
    expect(before).toContain("primary slots=4\n");
    const facts = machineFacts("192.168.56.10", 1, over);
    const error = await errorOf(ask((answer) => agent.reportFacts({ facts }, answer)));
    expect(reasonOf(error)).toBe("FACTS_REFUSED");
    expect(await hostfile(cluster)).toBe(before);
    const { status } = await ask<GetStatusResponse>((answer) => cluster.local.getStatus({}, answer));
    expect(status?.nodes[0]?.reason).toMatch(/^facts refused: /);
  });
});
