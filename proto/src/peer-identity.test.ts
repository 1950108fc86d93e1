import { expect, it } from "vitest";
import { formatPeerIdentity, type PeerIdentity, parsePeerIdentity } from "./peer-identity.ts";

it.each<PeerIdentity>([
  { role: "node", node: "secondary1" },
  { role: "operator", name: "ada" },
])("reads the identity of a $role as it was written", (identity) => {
  expect(parsePeerIdentity(formatPeerIdentity(identity))).toEqual(identity);
});

it.each([
  "",
  "cowherd://node/",
  "cowherd://node/Secondary1",
  "cowherd://node/a/b",
  "cowherd://root/a",
  "https://node/a",
  "cowherd://node/a\n",
])("knows nobody by %j", (uri) => {
  expect(parsePeerIdentity(uri)).toBeUndefined();
});
