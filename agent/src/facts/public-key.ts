/**
 * Reads an OpenSSH public key file as "ssh-ed25519 AAAA…", its comment left out.
 * Undefined for anything else, so that no other file's content can pass for a key.
 */
export function parsePublicKey(text: string): string | undefined {
  const [, type, key] =
    /^((?:ssh|ecdsa|sk)-[a-z0-9@.-]{1,60}) ([A-Za-z0-9+/]{40,8000}={0,2})(?: [^\n]*)?\n?$/.exec(text) ?? [];
  return key === undefined ? undefined : `${type} ${key}`;
}
