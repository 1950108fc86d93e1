import { describe, expect, it } from "vitest";
import { parsePrivateKey, withoutComment } from "../resources/private-key.ts";
import type { KeyMaker } from "./key-maker.ts";

const signal = new AbortController().signal;
const reader = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

/** What every KeyMaker must do. */
export function keyMakerContract(name: string, createKeyMaker: () => Promise<KeyMaker>): void {
  describe(`${name} key maker`, () => {
    it("makes a pair without a passphrase, each time another", async () => {
      const keyMaker = await createKeyMaker();
      const pair = await keyMaker.make("ada@vm1", signal);
      expect(pair.publicKey).toMatch(/^ssh-ed25519 AAAA\S+ ada@vm1$/);
      expect(parsePrivateKey(pair.privateKey)).toEqual({
        form: "openssh",
        publicKey: withoutComment(pair.publicKey),
        hasPassphrase: false,
      });
      expect((await keyMaker.make("ada@vm1", signal)).publicKey).not.toBe(pair.publicKey);
    });

    it("derives the public key of a private one", async () => {
      const keyMaker = await createKeyMaker();
      const { privateKey, publicKey } = await keyMaker.make("ada@vm1", signal);
      expect(await keyMaker.derive(Buffer.from(privateKey), reader, signal)).toBe(withoutComment(publicKey));
    });

    it("derives nothing from what is no key", async () => {
      expect(await (await createKeyMaker()).derive(Buffer.from("no key\n"), reader, signal)).toBeUndefined();
    });
  });
}
