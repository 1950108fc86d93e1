import { describe, expect, it } from "vitest";
import { isNodeName, isOneLine, isPlainPath, isPublicKey, isSubnet, isUserName } from "./spec-guard.ts";

const cases: readonly [string, (text: string) => boolean, readonly string[], readonly string[]][] = [
  ["a node's name", isNodeName, ["a", "vm-1", "1a", "x".repeat(63)], ["", "1", "1-2", "a.b", "a\n", "-a", "a-", "A"]],
  [
    "a network",
    isSubnet,
    ["192.168.56.0/24", "10.0.0.0/8"],
    ["", "10.0.0.0", "10.0.0.0/", "10.0.0/8", "::/0", "10.0.0.0/8/8"],
  ],
  ["one line", isOneLine, ["a b", "é"], ["", "a\n", "a\rb", "\0", "\x1b[31m", "\u0085"]],
  [
    "a login's name",
    isUserName,
    ["ada", "mpi_hpc-1", "_x"],
    ["", "Ada", "a b", "-a", "1a", "a/b", "a\n", "x".repeat(33)],
  ],
  ["a plain path", isPlainPath, ["/a", "/home/ada/.x"], ["", "a", "/a b", "/a#b", "/a\n", "/"]],
  [
    "a public key",
    isPublicKey,
    ["ssh-ed25519 AAAA", "ssh-rsa AAAA== ada@vm1", "ecdsa-sha2-nistp256 AA+/", "sk-ssh-ed25519@openssh.com AAAA"],
    ["", "ssh-ed25519", "AAAA", "ssh-ed25519 A A A", "ssh-ed25519 AAAA\n", "ssh-ed25519 AAAA a\nb", "@revoked x AAAA"],
  ],
];

describe.each(cases)("%s", (_what, accepts, good, bad) => {
  it.each(good)("may be %j", (text) => {
    expect(accepts(text)).toBe(true);
  });

  it.each(bad)("is not %j", (text) => {
    expect(accepts(text)).toBe(false);
  });
});
