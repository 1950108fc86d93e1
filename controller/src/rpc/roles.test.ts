import { connect, type SecureVersion } from "node:tls";
import { AgentServiceService, EnrollmentServiceService, OperatorServiceService } from "@cowherd/proto/wire";
import { Client, credentials, status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { createAuthority } from "../identity/certificate-authority.ts";
import { type FakeCluster, startFakeCluster } from "./fake-cluster.ts";
import { ask, certifiedClients, enrollmentClient, newMachineKey } from "./fake-machine.ts";
import { callers, mayCall, type Role } from "./role.ts";

const roles: readonly Role[] = ["anyone", "node", "operator", "local-operator"];
const services = [EnrollmentServiceService, AgentServiceService, OperatorServiceService];
const methods = services.flatMap((service) => Object.values(service).map(({ path }) => path));

/** Calls a method with an empty message, and tells the code of the end. */
async function codeOf(client: Client, path: string): Promise<status> {
  const { promise, resolve } = Promise.withResolvers<status>();
  const identity = (bytes: Buffer) => bytes;
  const call = client.makeServerStreamRequest(path, identity, identity, Buffer.alloc(0));
  call.on("data", () => {
    resolve(status.OK);
    call.cancel();
  });
  call.on("error", () => {}); // the status below says the same
  call.on("status", ({ code }) => resolve(code));
  return await promise;
}

async function operator(cluster: FakeCluster) {
  const { privateKey, csr } = await newMachineKey();
  const { certificate } = await ask<{ certificate: string }>((answer) =>
    cluster.local.issueOperatorCertificate({ name: "ada", csr }, answer),
  );
  return cluster.clients({ privateKey, certificate });
}

describe("roles", () => {
  it("has a row for every method, and none for a path that it does not know", () => {
    for (const path of methods) expect(Object.keys(callers)).toContain(path);
    for (const role of roles) expect(mayCall(role, "/cowherd.v1.OperatorService/Later")).toBe(false);
    for (const role of roles) expect(mayCall(role, "constructor")).toBe(false);
  });

  it("keeps every method from every role that the table does not name", async () => {
    await using cluster = await startFakeCluster();
    const node = cluster.clients(await cluster.join("secondary1", 1)).agent;
    const clients = { node, operator: (await operator(cluster)).operator } as const;
    for (const role of ["node", "operator"] as const) {
      for (const path of [...agentPaths, ...operatorPaths]) {
        const refused = (await codeOf(clients[role], path)) === status.PERMISSION_DENIED;
        expect({ role, path, refused }).toEqual({ role, path, refused: !mayCall(role, path) });
      }
    }
  });

  it("offers nothing but enrolment without a certificate, and nothing of agents on the socket", async () => {
    await using cluster = await startFakeCluster();
    const stranger = enrollmentClient(cluster.servers.enrollmentPort, cluster.authority);
    for (const path of [...agentPaths, ...operatorPaths]) {
      expect(await codeOf(stranger, path)).not.toBe(status.OK);
    }
    stranger.close();
    for (const path of agentPaths) expect(await codeOf(cluster.local, path)).not.toBe(status.OK);
  });

  it("refuses a certificate of another authority, and none at all", async () => {
    await using cluster = await startFakeCluster();
    const mine = await cluster.join("secondary1", 1);
    const foreign = await createAuthority("lab", new Date());
    const { agent } = certifiedClients(cluster.servers.agentPort, cluster.authority, {
      privateKey: foreign.privateKey,
      certificate: foreign.certificate,
    });
    await expect(ask((answer) => agent.heartbeat({ activity: "" }, answer))).rejects.toMatchObject({
      code: status.UNAVAILABLE,
    });
    agent.close();
    const bare = new Client(
      `127.0.0.1:${cluster.servers.agentPort}`,
      credentials.createSsl(Buffer.from(cluster.authority)),
      { "grpc.ssl_target_name_override": "controller.cowherd.internal" },
    );
    expect(await codeOf(bare, AgentServiceService.heartbeat.path)).toBe(status.UNAVAILABLE);
    bare.close();
    const impostor = certifiedClients(cluster.servers.agentPort, foreign.certificate, mine).agent;
    await expect(ask((answer) => impostor.heartbeat({ activity: "" }, answer))).rejects.toMatchObject({
      code: status.UNAVAILABLE,
    });
    impostor.close();
  });

  it("speaks TLS 1.3 and nothing older, also with a renewed identity", async () => {
    await using cluster = await startFakeCluster();
    const { agentPort, enrollmentPort } = cluster.servers;
    const answers = async () =>
      await Promise.all([
        handshake(enrollmentPort, "TLSv1.2"),
        handshake(agentPort, "TLSv1.2"),
        handshake(enrollmentPort, "TLSv1.3"),
      ]);
    expect(await answers()).toEqual(["refused", "refused", "TLSv1.3"]);
    cluster.servers.replaceIdentity(await cluster.controller.authority.issueServer(new Date()));
    expect(await answers()).toEqual(["refused", "refused", "TLSv1.3"]);
  });
});

const agentPaths = Object.values(AgentServiceService).map(({ path }) => path);
const operatorPaths = Object.values(OperatorServiceService).map(({ path }) => path);

async function handshake(port: number, version: SecureVersion): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const socket = connect({
    port,
    minVersion: version,
    maxVersion: version,
    rejectUnauthorized: false,
    ALPNProtocols: ["h2"],
  });
  socket.once("secureConnect", () => resolve(socket.getProtocol()));
  socket.once("error", () => resolve("refused"));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}
