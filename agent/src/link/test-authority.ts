import "reflect-metadata"; // first: without it @peculiar/x509 refuses to load
import { webcrypto } from "node:crypto";
import { controllerServerName } from "@cowherd/proto";
import * as x509 from "@peculiar/x509";

/** A key and its certificate, PEM. */
export type TestPair = { readonly key: string; readonly certificate: string };

/** A CA for tests, which issues what an `init` and the controller would. */
export type TestAuthority = {
  readonly certificate: string;
  issueController(): Promise<TestPair>;
  /** Issues for a fresh key, or for the key of a PKCS #10 request in DER. Good from an hour ago for so many milliseconds. */
  issueNode(node: string, lifetimeMs?: number): Promise<TestPair>;
  issueFor(request: Uint8Array, node: string): Promise<string>;
};

const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
const hourMs = 3_600_000;

/** Makes a CA with a fresh key. */
export async function createTestAuthority(): Promise<TestAuthority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const name = "CN=cowherd test CA";
  const notBefore = new Date(Date.now() - hourMs);
  const extensions = [new x509.BasicConstraintsExtension(true, 0, true)];
  const ca = await x509.X509CertificateGenerator.createSelfSigned({ name, keys, notBefore, extensions });

  async function issue(
    publicKey: webcrypto.CryptoKey,
    altName: { type: "dns" | "url"; value: string },
    lifetimeMs: number,
  ) {
    const certificate = await x509.X509CertificateGenerator.create({
      subject: "CN=cowherd",
      issuer: name,
      publicKey,
      signingKey: keys.privateKey,
      notBefore,
      notAfter: new Date(notBefore.getTime() + lifetimeMs),
      extensions: [new x509.SubjectAlternativeNameExtension([altName])],
    });
    return `${certificate.toString("pem")}\n`;
  }

  async function issuePair(altName: { type: "dns" | "url"; value: string }, lifetimeMs: number): Promise<TestPair> {
    const pair = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", pair.privateKey)).toString("base64");
    const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`;
    return { key, certificate: await issue(pair.publicKey, altName, lifetimeMs) };
  }

  const nodeName = (node: string) => ({ type: "url", value: `cowherd://node/${node}` }) as const;
  return {
    certificate: `${ca.toString("pem")}\n`,
    issueController: () => issuePair({ type: "dns", value: controllerServerName }, 24 * hourMs),
    issueNode: (node, lifetimeMs = 24 * hourMs) => issuePair(nodeName(node), lifetimeMs),
    async issueFor(request, node) {
      const csr = new x509.Pkcs10CertificateRequest(Uint8Array.from(request));
      if (!(await csr.verify())) throw new TypeError("the request is not signed with its own key");
      return issue(await csr.publicKey.export(), nodeName(node), 24 * hourMs);
    },
  };
}
