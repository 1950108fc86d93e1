import { isIPv4 } from "node:net";
import { nodeNameProblem } from "@cowherd/proto";

/** The desired state asks for something that must never be written. The disk was not touched. */
export class RefusedSpecError extends Error {
  override readonly name = "RefusedSpecError";
}

/** Refuses with `problem` unless `fine`. The controller validates first; this is the last guard before the disk. */
export function guard(fine: boolean, problem: () => string): void {
  if (!fine) throw new RefusedSpecError(problem());
}

/** A name that a hostfile, /etc/hosts and ssh all read alike. */
export function isNodeName(text: string): boolean {
  return nodeNameProblem(text) === undefined;
}

/** Dotted IPv4. */
export function isAddress(text: string): boolean {
  return isIPv4(text);
}

/** A network in CIDR form. */
export function isSubnet(text: string): boolean {
  const [address = "", length = "", ...rest] = text.split("/");
  return isIPv4(address) && /^\d{1,2}$/.test(length) && Number(length) <= 32 && rest.length === 0;
}

/** Text that cannot end a line and start another. */
export function isOneLine(text: string): boolean {
  return text !== "" && !/\p{Cc}/u.test(text);
}

/** An absolute path without white space, which no reader of settings can take for two words. */
export function isPlainPath(text: string): boolean {
  return /^\/[^\s#]+$/.test(text) && isOneLine(text);
}

/** A public key: its type and its base64 text, and a comment where one is allowed. */
export function isPublicKey(text: string): boolean {
  return /^(ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,3}( [\x21-\x7e]+)?$/.test(text);
}

/** A login's name, as useradd takes it. */
export function isUserName(text: string): boolean {
  return /^[a-z_][a-z0-9_-]{0,31}$/.test(text);
}

/** An absolute path of letters, digits and a few marks that neither systemd nor any reader of settings takes for its own. */
export function isBarePath(text: string): boolean {
  return /^(\/[\w.@+-]+)+$/.test(text) && !/\/\.{1,2}(\/|$)/.test(text);
}

/** Certificates in PEM, one after another. */
export function isCertificateChain(text: string): boolean {
  return /^(-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n)+$/.test(text);
}
