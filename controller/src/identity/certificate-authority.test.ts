import { webcrypto, X509Certificate } from "node:crypto";
import { expect, it } from "vitest";
import { newMachineKey } from "../rpc/fake-machine.ts";
import { createAuthority, openAuthority } from "./certificate-authority.ts";
import { parseSigningRequest, SigningRequestRefusedError } from "./signing-request.ts";
import { Pkcs10CertificateRequestGenerator } from "./x509.ts";

const now = new Date("2026-01-02T03:04:05Z");
const day = 24 * 3_600_000;

it("issues what its files, opened again, still vouch for", async () => {
  const files = await createAuthority("lab", now);
  const authority = await openAuthority(files);
  const { key } = await parseSigningRequest((await newMachineKey("CN=controller.cowherd.internal")).csr);
  const issued = await (await openAuthority(files)).issuePeer({ role: "node", node: "secondary1" }, key, now);
  const certificate = new X509Certificate(issued.certificate);
  expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(certificate.subject ?? "").toBe("");
  expect(certificate.subjectAltName).toBe("URI:cowherd://node/secondary1");
  expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]); // clientAuth and nothing else
  expect(certificate.ca).toBe(false);
  expect(certificate.validFromDate).toEqual(new Date(now.getTime() - 3_600_000));
  expect(certificate.validToDate).toEqual(new Date(now.getTime() + 30 * day));
  expect(certificate.fingerprint256.replaceAll(":", "").toLowerCase()).toBe(issued.fingerprint);
});

it("names its servers by the one name that clients verify, for serving alone", async () => {
  const authority = await openAuthority(await createAuthority("lab", now));
  const certificate = new X509Certificate((await authority.issueServer(now)).chain);
  expect(certificate.checkHost("controller.cowherd.internal")).toBeDefined();
  expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
});

it("refuses a request whose signature is another's", async () => {
  const { csr } = await newMachineKey();
  const forged = Buffer.from(csr);
  forged.writeUInt8(forged.readUInt8(forged.length - 5) ^ 1, forged.length - 5);
  await expect(parseSigningRequest(forged)).rejects.toThrow(SigningRequestRefusedError);
});

it("refuses a request that is large, empty or noise", async () => {
  for (const csr of [Buffer.alloc(0), Buffer.alloc(20_000), Buffer.from("30820100", "hex")]) {
    await expect(parseSigningRequest(csr)).rejects.toThrow(SigningRequestRefusedError);
  }
});

it.each([
  ["Ed25519", { name: "Ed25519" }, true],
  ["P-384", { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" }, false],
  ["RSA of 2048 bits", rsa(2048), false],
] as const)("judges the strength of a key of %s", async (_what, algorithm, strong) => {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  if (!("privateKey" in keys)) return expect.unreachable();
  const request = await Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm: algorithm });
  const parsed = parseSigningRequest(new Uint8Array(request.rawData));
  if (strong) await expect(parsed).resolves.toHaveProperty("fingerprint");
  else await expect(parsed).rejects.toThrow(/the key must be of/);
});

function rsa(modulusLength: number) {
  return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength, publicExponent: new Uint8Array([1, 0, 1]) };
}
