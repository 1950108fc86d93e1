/** Who is at the other end of a connection: the URI in its certificate's subject alternative names. */
export type PeerIdentity =
  | { readonly role: "node"; readonly node: string }
  | { readonly role: "operator"; readonly name: string };

/** Writes an identity as "cowherd://node/secondary1" or "cowherd://operator/ada". */
export function formatPeerIdentity(identity: PeerIdentity): string {
  switch (identity.role) {
    case "node":
      return `cowherd://node/${identity.node}`;
    case "operator":
      return `cowherd://operator/${identity.name}`;
  }
}

/** Reads what formatPeerIdentity wrote. Undefined for anything else. */
export function parsePeerIdentity(uri: string): PeerIdentity | undefined {
  const [, role, name] = /^cowherd:\/\/(node|operator)\/([a-z0-9][a-z0-9-]{0,62})$/.exec(uri) ?? [];
  if (name === undefined) return undefined;
  return role === "node" ? { role, node: name } : { role: "operator", name };
}
