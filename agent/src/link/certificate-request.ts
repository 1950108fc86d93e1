import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A key and its public half. */
export type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

/** Makes a fresh P-256 key. */
export function createKeyPair(): KeyPair {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

/**
 * Makes a certificate request (PKCS #10, RFC 2986) in DER, signed with ECDSA and SHA-256.
 *
 * Its subject is empty and it asks for nothing: the controller ignores every name, the key
 * is what counts. That leaves four fixed elements around two that Node's crypto makes, which
 * spares the agent an ASN.1 library and 10 MiB of memory.
 */
export function createRequest({ publicKey, privateKey }: KeyPair): Uint8Array {
  const version = element(0x02, Buffer.of(0));
  const subject = element(0x30, Buffer.alloc(0));
  const attributes = element(0xa0, Buffer.alloc(0));
  const keyInfo = publicKey.export({ type: "spki", format: "der" });
  const content = element(0x30, Buffer.concat([version, subject, keyInfo, attributes]));
  const signature = element(0x03, Buffer.concat([Buffer.of(0), sign("sha256", content, privateKey)]));
  return element(0x30, Buffer.concat([content, ecdsaWithSha256, signature]));
}

/** The AlgorithmIdentifier of 1.2.840.10045.4.3.2: RFC 5758, section 3.2. */
const ecdsaWithSha256 = Buffer.from("300a06082a8648ce3d040302", "hex");

/** Wraps DER content: X.690, section 8.1. Long form lengths of one and two bytes are all that a P-256 request needs. */
function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const header =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}
