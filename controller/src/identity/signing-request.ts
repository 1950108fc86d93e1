import { createPublicKey, type KeyObject } from "node:crypto";
import { fingerprintOf } from "./fingerprint.ts";
import { Pkcs10CertificateRequest, type PublicKey } from "./x509.ts";

/** A key whose holder proved to have the private half. */
export type ProvenKey = {
  readonly key: PublicKey;
  /** SHA-256 of the key's SubjectPublicKeyInfo. */
  readonly fingerprint: string;
};

/** A signing request that is damaged, not signed by its own key, or of a key too weak. */
export class SigningRequestRefusedError extends Error {
  override readonly name = "SigningRequestRefusedError";
}

const largestRequest = 16 * 1024; // of bytes: an RSA-8192 request has under 4 KiB

/**
 * Takes the key out of a PKCS #10 request in DER form, and nothing else: every name in it
 * is the applicant's own claim.
 *
 * Throws SigningRequestRefusedError.
 */
export async function parseSigningRequest(der: Uint8Array): Promise<ProvenKey> {
  if (der.length > largestRequest) throw new SigningRequestRefusedError("the signing request is too large");
  const request = decode(der);
  const problem = weaknessOf(publicKeyOf(request));
  if (problem !== undefined) throw new SigningRequestRefusedError(problem);
  if (!(await isSignedByItself(request))) {
    throw new SigningRequestRefusedError("the signing request is not signed by its own key");
  }
  return { key: request.publicKey, fingerprint: fingerprintOf(request.publicKey.rawData) };
}

function decode(der: Uint8Array): Pkcs10CertificateRequest {
  try {
    return new Pkcs10CertificateRequest(new Uint8Array(der));
  } catch (cause) {
    throw new SigningRequestRefusedError("the signing request is not PKCS #10 in DER form", { cause });
  }
}

function publicKeyOf(request: Pkcs10CertificateRequest): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: "der", type: "spki" });
  } catch (cause) {
    throw new SigningRequestRefusedError("the signing request holds no usable key", { cause });
  }
}

async function isSignedByItself(request: Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify();
  } catch {
    return false; // an algorithm that the library does not know proves nothing
  }
}

function weaknessOf({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string | undefined {
  const strong =
    (type === "ec" && details?.namedCurve === "prime256v1") ||
    type === "ed25519" ||
    (type === "rsa" && (details?.modulusLength ?? 0) >= 3072);
  return strong ? undefined : "the key must be of P-256, Ed25519, or RSA with 3072 bits or more";
}
