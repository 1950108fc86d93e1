import "reflect-metadata"; // first: without it @peculiar/x509 refuses to load
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** Makes a certificate for an IP address that is its own authority, and its key. PEM. */
export async function brokerCertificate(
  address: string,
): Promise<{ readonly key: string; readonly certificate: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=broker",
    keys,
    notBefore: new Date(Date.now() - 3_600_000),
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: "ip", value: address }]),
      new x509.BasicConstraintsExtension(true, 0, true),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
    certificate: `${certificate.toString("pem")}\n`,
  };
}
