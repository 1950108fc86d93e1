import "reflect-metadata"; // first: without it @peculiar/x509 refuses to load
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";

/** A fresh key and the request for its certificate. */
export type OperatorKey = {
  /** PKCS #8, PEM. */
  readonly key: string;
  /** PKCS #10, DER. */
  readonly request: Uint8Array;
};

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Makes a P-256 key and asks with it for a certificate; `name` is there for people, the controller writes its own. */
export async function createOperatorKey(name: string): Promise<OperatorKey> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: algorithm,
  });
  const exported = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { key: formatPem("PRIVATE KEY", exported), request: new Uint8Array(request.rawData) };
}

/** RFC 7468: lines of 64 characters. */
function formatPem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
