/** Makes ssh key pairs. Touches no file of the user's. */
export interface KeyMaker {
  /** Makes a new ed25519 key pair without a passphrase. */
  make(comment: string, signal: AbortSignal): Promise<KeyPair>;

  /**
   * Derives the public key, "ssh-ed25519 AAAA…", of a private one.
   *
   * Undefined when it is no private key or asks for a passphrase. The key is hostile
   * input: it is parsed with the rights of `reader`, not with root's.
   */
  derive(
    privateKey: Buffer,
    reader: { readonly uid: number; readonly gid: number },
    signal: AbortSignal,
  ): Promise<string | undefined>;
}

/** `privateKey` in OpenSSH's form; `publicKey` as "ssh-ed25519 AAAA… comment", without a newline. */
export type KeyPair = { readonly privateKey: string; readonly publicKey: string };
