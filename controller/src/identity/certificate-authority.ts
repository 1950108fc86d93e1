import { randomBytes, webcrypto } from "node:crypto";
import { controllerServerName, formatPeerIdentity, type PeerIdentity } from "@cowherd/proto";
import { fingerprintOf } from "./fingerprint.ts";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "./x509.ts";

/** What must be kept to go on being the same authority. Both PEM; the key is PKCS #8 and secret. */
export type AuthorityFiles = { readonly certificate: string; readonly privateKey: string };

/** A certificate that was just issued. */
export type IssuedCertificate = {
  /** PEM. */
  readonly certificate: string;
  /** SHA-256 of its DER form. */
  readonly fingerprint: string;
  readonly notAfter: Date;
};

/** What a TLS server presents: the leaf and its authority, so that a joiner can find the authority by its pin. */
export type ServerIdentity = { readonly chain: string; readonly privateKey: string; readonly notAfter: Date };

/** Issues every certificate of one cluster. Names are the controller's choice, never the applicant's. */
export interface CertificateAuthority {
  /** PEM. */
  readonly certificate: string;
  /** SHA-256 of the certificate's DER form, 32 bytes: what a join token pins. */
  readonly pin: Uint8Array;
  /** Issues a client certificate of 30 days. */
  issuePeer(identity: PeerIdentity, key: PublicKey, now: Date): Promise<IssuedCertificate>;
  /** Makes a fresh key and a server certificate of 7 days for it. */
  issueServer(now: Date): Promise<ServerIdentity>;
  /** Issues the event broker's certificate of 90 days, for a node's name and address and for the loopback's; PEM, with the authority's after it. */
  issueBroker(place: { readonly node: string; readonly address: string }, key: PublicKey, now: Date): Promise<string>;
}

const hour = 3_600_000;
const day = 24 * hour;

/** How long a node's or an operator's certificate is good for, in milliseconds. */
export const peerLifeMs = 30 * day;

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Makes the authority of a new cluster; its certificate is good for 10 years. */
export async function createAuthority(cluster: string, now: Date): Promise<AuthorityFiles> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: [{ CN: [`${cluster} cluster CA`] }],
    ...validity(now, 3652 * day),
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), privateKey: await exportKey(keys.privateKey) };
}

/** Takes up an authority that createAuthority made. */
export async function openAuthority(files: AuthorityFiles): Promise<CertificateAuthority> {
  const authority = new X509Certificate(files.certificate);
  const signingKey = await webcrypto.subtle.importKey(
    "pkcs8",
    PemConverter.decodeFirst(files.privateKey),
    algorithm,
    false,
    ["sign"],
  );

  async function issue(key: PublicKey, life: { notBefore: Date; notAfter: Date }, extensions: readonly Extension[]) {
    return await X509CertificateGenerator.create({
      serialNumber: newSerial(),
      subject: [],
      issuer: authority.subjectName,
      publicKey: key,
      signingKey,
      ...life,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        await AuthorityKeyIdentifierExtension.create(authority.publicKey),
        ...extensions,
      ],
    });
  }

  return {
    certificate: files.certificate,
    pin: Buffer.from(fingerprintOf(authority.rawData), "hex"),

    async issuePeer(identity, key, now) {
      const life = validity(now, peerLifeMs);
      const certificate = await issue(key, life, [
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension([{ type: "url", value: formatPeerIdentity(identity) }], true), // critical: the subject is empty (RFC 5280, 4.2.1.6)
      ]);
      return {
        certificate: pem(certificate),
        fingerprint: fingerprintOf(certificate.rawData),
        notAfter: life.notAfter,
      };
    },

    async issueServer(now) {
      const keys = await newKeys();
      const life = validity(now, 7 * day);
      const certificate = await issue(await publicKeyOf(keys), life, [
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([{ type: "dns", value: controllerServerName }], true),
      ]);
      return {
        chain: pem(certificate) + files.certificate,
        privateKey: await exportKey(keys.privateKey),
        notAfter: life.notAfter,
      };
    },

    async issueBroker({ node, address }, key, now) {
      const names = [node, "localhost"].map((value) => ({ type: "dns", value }) as const);
      const addresses = [address, "127.0.0.1"].map((value) => ({ type: "ip", value }) as const);
      const certificate = await issue(key, validity(now, 90 * day), [
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([...names, ...addresses], true),
      ]);
      return pem(certificate) + files.certificate;
    },
  };
}

/** Back-dated by an hour: the clocks of freshly booted machines differ. */
function validity(now: Date, life: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - hour), notAfter: new Date(now.getTime() + life) };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function publicKeyOf(keys: webcrypto.CryptoKeyPair): Promise<PublicKey> {
  return await PublicKey.create(keys.publicKey);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

/** 16 random bytes, positive, as RFC 5280 (4.1.2.2) wants them. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}

function pem(certificate: X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}
