import { createHash } from "node:crypto";

/** Returns the SHA-256 of a DER form, in lower-case hexadecimal. */
export function fingerprintOf(der: ArrayBuffer | Uint8Array): string {
  return createHash("sha256")
    .update(der instanceof ArrayBuffer ? new Uint8Array(der) : der)
    .digest("hex");
}
