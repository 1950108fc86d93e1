import { parsePrivateKey } from "../resources/private-key.ts";
import type { KeyMaker } from "./key-maker.ts";

/** Makes key pairs in the right form that are no keys. No two are the same. */
export function createMemoryKeyMaker(): KeyMaker {
  let made = 0;
  return {
    async make(comment) {
      made += 1;
      const publicBlob = Buffer.concat([field("ssh-ed25519"), field(`key number ${made}`.padEnd(32))]);
      return {
        privateKey: privateKeyText(publicBlob),
        publicKey: `ssh-ed25519 ${publicBlob.toString("base64")} ${comment}`,
      };
    },

    async derive(privateKey) {
      const key = parsePrivateKey(privateKey.toString("latin1"));
      return key?.form === "openssh" && !key.hasPassphrase ? key.publicKey : undefined;
    },
  };
}

/** The container of openssh/PROTOCOL.key with nothing secret in it. */
function privateKeyText(publicBlob: Buffer): string {
  const one = Buffer.from([0, 0, 0, 1]);
  const header = [Buffer.from("openssh-key-v1\0"), field("none"), field("none"), field("")];
  const bytes = Buffer.concat([...header, one, field(publicBlob), field("no secret")]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
