import { X509Certificate } from "node:crypto";
import type { AddEventsUserResponse, ListEventsUsersResponse } from "@cowherd/proto/wire";
import { status } from "@grpc/grpc-js";
import { createUser } from "nkeys.js";
import { describe, expect, it } from "vitest";
import { createCertificateKeeper } from "../broker/certificate-keeper.ts";
import { brokerKeyPath } from "../broker/resource-ids.ts";
import { SigningRequestRefusedError } from "../identity/signing-request.ts";
import { parseClusterSpec } from "../spec/parse-cluster-spec.ts";
import { type FakeCluster, specText, startFakeCluster } from "./fake-cluster.ts";
import { ask, machineFacts, newMachineKey } from "./fake-machine.ts";

const add = (cluster: FakeCluster, name: string, key = createUser().getPublicKey()) =>
  ask<AddEventsUserResponse>((answer) => cluster.local.addEventsUser({ name, key }, answer));
const remove = (cluster: FakeCluster, name: string) =>
  ask<object>((answer) => cluster.local.removeEventsUser({ name }, answer));
const namesOf = async (cluster: FakeCluster) =>
  (await ask<ListEventsUsersResponse>((answer) => cluster.local.listEventsUsers({}, answer))).users.map(
    ({ name }) => name,
  );

describe("who may listen at the broker", () => {
  it("is added, told where to listen, listed and removed", async () => {
    await using cluster = await startFakeCluster();
    const told = await add(cluster, "queue");
    expect(told).toEqual({
      cluster: "lab",
      url: "tls://192.168.56.10:4222",
      authority: cluster.authority,
      stream: "cowherd-lab",
      awaited: "primary has not told its broker so far",
    });
    await add(cluster, "dashboard");
    expect(await namesOf(cluster)).toEqual(["dashboard", "queue"]);
    await remove(cluster, "queue");
    expect(await namesOf(cluster)).toEqual(["dashboard"]);
  });

  it("has one key, which nobody replaces by the way", async () => {
    await using cluster = await startFakeCluster();
    const key = createUser().getPublicKey();
    await add(cluster, "queue", key);
    await add(cluster, "queue", key);
    await expect(add(cluster, "queue")).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    expect(cluster.controller.brokerUsers.list()).toMatchObject([{ name: "queue", key }]);
  });

  it.each(["Queue", "a.b", "controller", ">", ""])("cannot be called %j", async (name) => {
    await using cluster = await startFakeCluster();
    await expect(add(cluster, name)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it("needs a key whose checksum fits, since the broker refuses all for one that does not", async () => {
    await using cluster = await startFakeCluster();
    const key = createUser().getPublicKey();
    const torn = `${key.slice(0, 20)}${key[20] === "A" ? "B" : "A"}${key.slice(21)}`;
    for (const bad of [torn, createUser().getPublicKey().slice(1), "", "U"]) {
      await expect(add(cluster, "queue", bad)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    }
    expect(await namesOf(cluster)).toEqual([]);
  });

  it("is nobody's to remove who was never added", async () => {
    await using cluster = await startFakeCluster();
    await expect(remove(cluster, "queue")).rejects.toMatchObject({ code: status.NOT_FOUND });
  });

  it("is told elsewhere where the cluster has no broker of its own", async () => {
    await using cluster = await startFakeCluster();
    const spec = parseClusterSpec(`${specText}events: { nats: off }\n`);
    cluster.controller.loop.commit({ events: [{ type: "spec-applied", spec }] });
    await expect(add(cluster, "queue")).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: expect.stringContaining("events.nats is off"),
    });
  });
});

describe("the broker's certificate", () => {
  const keeperOf = ({ controller, clocks }: FakeCluster) =>
    createCertificateKeeper({ ...controller, now: () => clocks.wall });
  const requested = async (cluster: FakeCluster, csr: Buffer) => {
    const { agent } = cluster.clients(await cluster.join("primary", 1));
    const facts = machineFacts("192.168.56.10", 1, { tlsRequests: [{ path: brokerKeyPath, csr }] });
    await ask<object>((answer) => agent.reportFacts({ facts }, answer));
  };

  it("is issued to the key that the primary's agent made, for where the broker is reached and for serving alone", async () => {
    await using cluster = await startFakeCluster();
    const key = await newMachineKey("CN=controller.cowherd.internal");
    await requested(cluster, key.csr);
    await keeperOf(cluster)();
    const chain = cluster.controller.loop.record().state.broker.certificate?.chain ?? "";
    const leaf = new X509Certificate(chain);
    expect(leaf.subjectAltName).toBe("DNS:primary, DNS:localhost, IP Address:192.168.56.10, IP Address:127.0.0.1");
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(leaf.checkIssued(new X509Certificate(cluster.authority))).toBe(true);
    expect(chain.endsWith(cluster.authority)).toBe(true);
  });

  it("is issued once, and again after 30 days", async () => {
    await using cluster = await startFakeCluster();
    await requested(cluster, (await newMachineKey()).csr);
    const keep = keeperOf(cluster);
    await keep();
    const first = cluster.controller.loop.record().state.broker.certificate;
    await keep();
    expect(cluster.controller.loop.record().state.broker.certificate).toBe(first);
    cluster.clocks.wall += 30 * 24 * 3_600_000;
    await keep();
    expect(cluster.controller.loop.record().state.broker.certificate?.issuedAt).toBe(cluster.clocks.wall);
  });

  it("is refused once to what is no request, and not tried again", async () => {
    await using cluster = await startFakeCluster();
    await requested(cluster, Buffer.from("noise"));
    const keep = keeperOf(cluster);
    await expect(keep()).rejects.toThrow(SigningRequestRefusedError);
    await keep();
    expect(cluster.controller.loop.record().state.broker.certificate).toBeUndefined();
  });
});
