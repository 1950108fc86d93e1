import "reflect-metadata";
import { type webcrypto, X509Certificate } from "node:crypto";
import { readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { controllerServerName } from "@cowherd/proto";
import { ServerCredentials } from "@grpc/grpc-js";
import {
  BasicConstraintsExtension,
  cryptoProvider,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { describe, expect, it } from "vitest";
import { createFakeAsk, createFakeRun } from "../fake-io.ts";
import { createFolder, FakeRefusal, serveFakeController } from "../link/fake-controller.ts";
import { createGrpcOperatorLink } from "../link/grpc-operator-link.ts";

const runFake = createFakeRun(createGrpcOperatorLink);
const run = createFakeAsk(runFake);
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

async function createAuthority() {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=test",
    keys,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  return { keys, certificate };
}

async function issue(
  authority: Awaited<ReturnType<typeof createAuthority>>,
  publicKey: webcrypto.CryptoKey,
  name: string,
  dns?: string,
): Promise<string> {
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: authority.certificate.subject,
    publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: dns === undefined ? [] : [new SubjectAlternativeNameExtension([{ type: "dns", value: dns }])],
  });
  return certificate.toString("pem");
}

const answer = { certificate: "CRT\n", authority: "CA\n", address: "192.168.56.10" };

describe("cowctl operator create", () => {
  it("writes a key, its certificate and the authority, the key for its owner alone", async () => {
    await using folder = await createFolder();
    const out = join(folder.path, "deep", "ada");
    const ended = await run(["operator", "create", "ada", "--out", out], { issueOperatorCertificate: () => answer });
    expect(ended).toMatchObject({
      exitCode: 0,
      out: `cowctl --controller 192.168.56.10 --credentials ${out} status\n`,
    });
    expect((await readdir(out)).sort()).toEqual(["ca.crt", "operator.crt", "operator.key"]);
    expect(await readFile(join(out, "operator.crt"), "utf8")).toBe("CRT\n");
    expect((await stat(join(out, "operator.key"))).mode & 0o777).toBe(0o600);
    expect((await stat(out)).mode & 0o777).toBe(0o700);
  });

  it("overwrites nothing, and asks for no certificate first", async () => {
    await using folder = await createFolder();
    await writeFile(join(folder.path, "ca.crt"), "mine\n");
    const { exitCode, err } = await run(["operator", "create", "ada", "--out", folder.path], {});
    expect(exitCode).toBe(73);
    expect(err).toContain("ca.crt: it exists already");
    expect(await readdir(folder.path)).toEqual(["ca.crt"]);
  });

  it("follows no link", async () => {
    await using folder = await createFolder();
    await symlink("/nowhere/key", join(folder.path, "operator.key"));
    const { exitCode } = await run(["operator", "create", "ada", "--out", folder.path], {});
    expect(exitCode).toBe(73);
  });

  it("leaves no file where the controller refuses", async () => {
    await using folder = await createFolder();
    const issueOperatorCertificate = () => {
      throw new FakeRefusal("PERMISSION_DENIED", "over the unix socket only", { reason: "ROLE_REFUSED" });
    };
    const ended = await run(["operator", "create", "ada", "--out", folder.path], { issueOperatorCertificate });
    expect(ended).toMatchObject({ exitCode: 77 });
    expect(await readdir(folder.path)).toEqual([]);
  });

  it.each(["Ada", "-ada", "a_b", "../x", ""])("refuses the name %j", async (name) => {
    await using folder = await createFolder();
    const argv = ["operator", "create", "--out", join(folder.path, "new"), "--", name];
    expect(await run(argv, {})).toMatchObject({ exitCode: 64 });
    expect(await readdir(folder.path)).toEqual([]);
  });

  it("makes credentials that open a link over mutual TLS", async () => {
    await using folder = await createFolder();
    const authority = await createAuthority();
    const out = join(folder.path, "ada");
    const issued = await run(["operator", "create", "ada", "--out", out], {
      issueOperatorCertificate: async ({ csr }) => {
        const request = new Pkcs10CertificateRequest(csr);
        if (!(await request.verify())) throw new FakeRefusal("INVALID_ARGUMENT", "not signed with its own key");
        const publicKey = await request.publicKey.export(cryptoProvider.get());
        return {
          ...answer,
          certificate: await issue(authority, publicKey, "ada"),
          authority: authority.certificate.toString("pem"),
        };
      },
    });
    expect(issued.exitCode).toBe(0);
    expect(new X509Certificate(await readFile(join(out, "operator.crt"))).subject).toBe("CN=ada");

    const server = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const key = Buffer.from(await crypto.subtle.exportKey("pkcs8", server.privateKey)).toString("base64");
    const tls = ServerCredentials.createSsl(
      Buffer.from(authority.certificate.toString("pem")),
      [
        {
          private_key: Buffer.from(`-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`),
          cert_chain: Buffer.from(await issue(authority, server.publicKey, "server", controllerServerName)),
        },
      ],
      true,
    );
    const getVersion = () => ({ version: "2.0.0", cluster: "cow" });
    await using controller = await serveFakeController({ getVersion }, "127.0.0.1:0", tls);
    const argv = ["--controller", `127.0.0.1:${controller.port}`, "--credentials", out, "version"];
    expect(await runFake(argv, "/absent")).toEqual({
      exitCode: 0,
      out: "cowctl 1.2.3\ncontroller 2.0.0, cluster cow\n",
      err: "",
    });
  });
});
