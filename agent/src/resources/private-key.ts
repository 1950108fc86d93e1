/** What a private key's text tells without its secret. */
export type PrivateKey =
  /** OpenSSH's own form holds the public key in the clear. */
  | { readonly form: "openssh"; readonly publicKey: string; readonly hasPassphrase: boolean }
  /** The older PEM forms do not. */
  | { readonly form: "pem"; readonly hasPassphrase: boolean };

/** Reads the clear part of a private key (openssh/PROTOCOL.key). Undefined for a text that is none. */
export function parsePrivateKey(text: string): PrivateKey | undefined {
  const [, label, body = ""] =
    /^-----BEGIN ([A-Z ]*PRIVATE KEY)-----\r?\n([\s\S]*?)\r?\n-----END \1-----\s*$/.exec(text.trimStart()) ?? [];
  switch (label) {
    case undefined:
      return undefined;
    case "OPENSSH PRIVATE KEY":
      return parseOpenSsh(Buffer.from(body, "base64"));
    default:
      return { form: "pem", hasPassphrase: label.startsWith("ENCRYPTED") || body.includes("ENCRYPTED") };
  }
}

/** The type and the base64 text of a public key's line, without its comment. */
export function withoutComment(publicKey: string): string {
  return publicKey.trim().split(/\s+/).slice(0, 2).join(" ");
}

const magic = "openssh-key-v1\0";

function parseOpenSsh(bytes: Buffer): PrivateKey | undefined {
  if (bytes.toString("latin1", 0, magic.length) !== magic) return undefined;
  const cipher = readString(bytes, magic.length);
  const kdf = readString(bytes, cipher?.next);
  const options = readString(bytes, kdf?.next);
  if (cipher === undefined || options === undefined || options.next + 4 > bytes.length) return undefined;
  const publicKey = readString(bytes, options.next + 4); // behind the number of keys, which is always one
  const type = publicKey && readString(publicKey.value, 0)?.value.toString("latin1");
  const secret = readString(bytes, publicKey?.next);
  if (publicKey === undefined || secret === undefined || type === undefined || !/^[a-z0-9@.-]+$/.test(type))
    return undefined;
  const hasPassphrase = cipher.value.toString("latin1") !== "none";
  return { form: "openssh", publicKey: `${type} ${publicKey.value.toString("base64")}`, hasPassphrase };
}

/** A length of four bytes and as many bytes after it (RFC 4251, section 5). */
function readString(
  bytes: Buffer,
  at: number | undefined,
): { readonly value: Buffer; readonly next: number } | undefined {
  if (at === undefined || at + 4 > bytes.length) return undefined;
  const next = at + 4 + bytes.readUInt32BE(at);
  return next > bytes.length ? undefined : { value: bytes.subarray(at + 4, next), next };
}
