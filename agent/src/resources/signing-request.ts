/** Where the request for a TLS key's certificate is. */
export function signingRequestPath(key: string): string {
  return `${key}.csr`;
}

const label = "CERTIFICATE REQUEST";

/** Writes a request, PKCS #10 in DER form, as PEM (RFC 7468). */
export function formatSigningRequest(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** Reads what formatSigningRequest wrote. Undefined for anything else. */
export function parseSigningRequest(pem: string): Buffer | undefined {
  const [, body] =
    new RegExp(`^-----BEGIN ${label}-----\\n([A-Za-z0-9+/=\\n]+)\\n-----END ${label}-----\\n$`).exec(pem) ?? [];
  return body === undefined ? undefined : Buffer.from(body, "base64");
}
