import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Membership } from "../journal/membership.ts";
import { createKeyPair, createRequest } from "./certificate-request.ts";
import { controllerLinkContract } from "./controller-link.contract.ts";
import { createGrpcLink } from "./grpc-link.ts";
import { type LoopbackController, startLoopbackController } from "./loopback-controller.ts";
import { createMemoryLink } from "./memory-link.ts";
import { createTestAuthority, type TestAuthority } from "./test-authority.ts";

const signal = new AbortController().signal;

describe("memory link", () => controllerLinkContract(async () => createMemoryLink()));

describe("grpc link", () => {
  let authority: TestAuthority;
  let controllers: LoopbackController[] = [];

  beforeAll(async () => {
    authority = await createTestAuthority();
  });

  afterAll(() => {
    for (const controller of controllers) controller.stop();
    controllers = [];
  });

  async function start(of = authority): Promise<{ controller: LoopbackController; membership: Membership }> {
    const controller = await startLoopbackController(of);
    controllers.push(controller);
    const place = { node: "secondary1", cluster: "lab", address: "127.0.0.1", agentPort: controller.port };
    const pair = await authority.issueNode("secondary1");
    return { controller, membership: { ...place, ...pair, authority: authority.certificate } };
  }

  controllerLinkContract(async () => {
    const { controller, membership } = await start();
    return { controller, link: createGrpcLink(membership, Date.now) };
  });

  it("does not speak to a controller of another authority", async () => {
    const { controller, membership } = await start(await createTestAuthority());
    const link = createGrpcLink(membership, Date.now);
    await expect(link.heartbeat({ activity: "", ranks: undefined }, signal)).rejects.toMatchObject({
      failure: "unreachable",
    });
    expect(controller.heard.activities).toEqual([]);
    link.close();
  });

  it("says that its own certificate is past its end", async () => {
    const { membership } = await start();
    const expired = { ...membership, ...(await authority.issueNode("secondary1", 60_000)) };
    const link = createGrpcLink(expired, Date.now);
    await expect(link.heartbeat({ activity: "", ranks: undefined }, signal)).rejects.toMatchObject({
      failure: "expired",
    });
    link.close();
  });

  it("gets a certificate for a fresh key", async () => {
    const { membership } = await start();
    const link = createGrpcLink(membership, Date.now);
    const { publicKey, privateKey } = createKeyPair();
    const certificate = new X509Certificate(await link.renew(createRequest({ publicKey, privateKey }), signal));
    expect(certificate.checkPrivateKey(privateKey)).toBe(true);
    expect(certificate.subjectAltName).toBe("URI:cowherd://node/secondary1");
    link.close();
  });
});
