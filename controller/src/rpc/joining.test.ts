import { connect } from "node:tls";
import { controllerServerName } from "@cowherd/proto";
import type { CreateTokenResponse, ListTokensResponse } from "@cowherd/proto/wire";
import { describe, expect, it } from "vitest";
import { fingerprintOf } from "../identity/fingerprint.ts";
import { type FakeCluster, startFakeCluster } from "./fake-cluster.ts";
import { reasonOf } from "./fake-error-reason.ts";
import { ask, newMachineKey } from "./fake-machine.ts";

async function newToken({ local }: FakeCluster, node = "secondary1"): Promise<CreateTokenResponse> {
  return await ask((answer) => local.createToken({ node, lifetimeSeconds: 60 }, answer));
}

async function refusal(call: Promise<unknown>): Promise<string | undefined> {
  return await call.then(
    () => "none",
    (error: unknown) => reasonOf(error),
  );
}

const joined = ({ controller }: FakeCluster) => [...controller.loop.record().state.nodes.keys()];

describe("joining", () => {
  it("makes a node of a machine with a token, whatever name its request claims", async () => {
    await using cluster = await startFakeCluster();
    const { agent } = cluster.clients(await cluster.join("secondary1", 1));
    expect(await ask((answer) => agent.heartbeat({ activity: "" }, answer))).toEqual({ nextPeriodMs: 2000 });
    expect(joined(cluster)).toEqual(["secondary1"]);
  });

  it("tells where the agent goes and what cluster it is", async () => {
    await using cluster = await startFakeCluster();
    const { token, address } = await newToken(cluster);
    const enrolled = await cluster.enroll({ token, key: await newMachineKey(), n: 1 });
    expect(enrolled).toMatchObject({ node: "secondary1", cluster: "lab", agentPort: cluster.servers.agentPort });
    expect(address).toBe("192.168.56.10");
  });

  it("gives the same machine its node again when it repeats after a lost answer", async () => {
    await using cluster = await startFakeCluster();
    const { token } = await newToken(cluster);
    const key = await newMachineKey();
    await cluster.enroll({ token, key, n: 1 });
    const again = await cluster.enroll({ token, key, n: 1 });
    const { agent } = cluster.clients({ privateKey: key.privateKey, certificate: again.certificate });
    expect(await ask((answer) => agent.heartbeat({ activity: "" }, answer))).toEqual({ nextPeriodMs: 2000 });
  });

  it("gives a node that another machine took over not back to the former, whatever token that one spent", async () => {
    await using cluster = await startFakeCluster();
    const { token } = await newToken(cluster);
    const former = await newMachineKey();
    await cluster.enroll({ token, key: former, n: 1 });
    const { agent } = cluster.clients(await cluster.join("secondary1", 2));
    expect(await refusal(cluster.enroll({ token, key: former, n: 1 }))).toBe("TOKEN_UNKNOWN");
    expect(await ask((answer) => agent.heartbeat({ activity: "" }, answer))).toEqual({ nextPeriodMs: 2000 });
  });

  it("names what is wrong with a token", async () => {
    await using cluster = await startFakeCluster();
    const [used, other, expired, revoked] = [
      await newToken(cluster),
      await newToken(cluster, "secondary2"),
      await newToken(cluster, "secondary2"),
      await newToken(cluster, "secondary2"),
    ];
    await cluster.enroll({ token: used.token, key: await newMachineKey(), n: 1 });
    await ask((answer) => cluster.local.revokeToken({ id: revoked.id }, answer));
    const key = await newMachineKey();
    expect(await refusal(cluster.enroll({ token: used.token, key, n: 2 }))).toBe("TOKEN_USED");
    expect(await refusal(cluster.enroll({ token: other.token, key, node: "secondary1", n: 2 }))).toBe(
      "TOKEN_OTHER_NODE",
    );
    expect(await refusal(cluster.enroll({ token: revoked.token, key, n: 2 }))).toBe("TOKEN_UNKNOWN");
    cluster.clocks.wall += 61_000;
    expect(await refusal(cluster.enroll({ token: expired.token, key, n: 2 }))).toBe("TOKEN_EXPIRED");
    expect(joined(cluster)).toEqual(["secondary1"]);
  });

  it("leaves a token unspent when the machine is refused for what it reports", async () => {
    await using cluster = await startFakeCluster();
    const { token } = await newToken(cluster);
    const key = await newMachineKey();
    const over = { hostname: "a\n192.168.56.99 primary" };
    expect(await refusal(cluster.enroll({ token, key, n: 1, over }))).toBe("FACTS_REFUSED");
    const { tokens } = await ask<ListTokensResponse>((answer) => cluster.local.listTokens({}, answer));
    expect(tokens.map(({ state }) => state)).toEqual([1]);
  });

  it("refuses a clone and names the machine that it is a clone of", async () => {
    await using cluster = await startFakeCluster();
    await cluster.join("secondary1", 1);
    await expect(cluster.join("secondary2", 2, { machineId: "01".repeat(16) })).rejects.toThrow(
      /machineId: is that of secondary1/,
    );
    const over = { interfaces: [{ name: "enp0s8", mac: "52:54:00:00:00:01", addresses: ["192.168.56.12/24"] }] };
    await expect(cluster.join("secondary2", 2, over)).rejects.toThrow(/MAC 52:54:00:00:00:01 is that of secondary1/);
  });

  it("refuses a signing request that is damaged", async () => {
    await using cluster = await startFakeCluster();
    const { token } = await newToken(cluster);
    const { privateKey, csr } = await newMachineKey();
    const torn = { privateKey, csr: csr.subarray(0, 40) };
    await expect(cluster.enroll({ token, key: torn, n: 1 })).rejects.toThrow(/not PKCS #10/);
  });

  it("slows down an address that tries again and again", async () => {
    await using cluster = await startFakeCluster();
    const { token } = await newToken(cluster);
    const key = { ...(await newMachineKey()), csr: Buffer.alloc(1) };
    const tries = await Promise.allSettled(
      Array.from({ length: 31 }, async () => await cluster.enroll({ token, key, n: 1 })),
    );
    const slowed = tries.filter((end) => end.status === "rejected" && /too many calls/.test(String(end.reason)));
    expect(slowed).toHaveLength(1);
  });

  it("presents its authority beside its own certificate, so that a joiner finds it by the token's pin", async () => {
    await using cluster = await startFakeCluster();
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | undefined>();
    const socket = connect({
      port: cluster.servers.enrollmentPort,
      servername: controllerServerName,
      rejectUnauthorized: false,
      ALPNProtocols: ["h2"],
    });
    socket.once("error", reject);
    socket.once("secureConnect", () => resolve(socket.getPeerCertificate(true).issuerCertificate?.raw));
    const shown = await promise;
    socket.destroy();
    expect(shown && fingerprintOf(shown)).toBe(Buffer.from(cluster.controller.authority.pin).toString("hex"));
  });
});
