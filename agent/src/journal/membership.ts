import { createHash, X509Certificate } from "node:crypto";

/** What makes a machine a node: where its controller is, and how both know each other. */
export type Membership = {
  readonly node: string;
  readonly cluster: string;
  /** Of the controller: a name or an IP address, without a port. */
  readonly address: string;
  readonly agentPort: number;
  /** The node's private key, PEM. */
  readonly key: string;
  /** The node's certificate, PEM. */
  readonly certificate: string;
  /** The cluster's CA, PEM: the only one that is trusted. */
  readonly authority: string;
};

/** Returns the SHA-256 of a certificate's DER form. */
export function fingerprintOf(certificate: X509Certificate): Buffer {
  return createHash("sha256").update(certificate.raw).digest();
}

/** When a certificate is good, in milliseconds since 1970. */
export function lifetimeOf(certificate: string): { readonly from: number; readonly to: number } {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return { from: validFromDate.getTime(), to: validToDate.getTime() };
}
