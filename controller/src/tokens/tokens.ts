import type { Loop } from "../reconcile/loop.ts";
import type { ClusterSpec } from "../spec/cluster-spec.ts";
import { hashSecret, type TokenRecord } from "./token-record.ts";

/** A name that is in no spec, or that no machine joined as. */
export class UnknownNodeError extends Error {
  override readonly name = "UnknownNodeError";
}

/** No token of that id. */
export class UnknownTokenError extends Error {
  override readonly name = "UnknownTokenError";
}

/** A token may not live that long. */
export class TokenLifetimeError extends Error {
  override readonly name = "TokenLifetimeError";
}

/** A token with its secret, which exists nowhere else. */
export type NewToken = { readonly record: TokenRecord; readonly secret: Uint8Array };

/** The join tokens that an operator makes and takes back. */
export interface Tokens {
  /** Makes a token for a node of the spec. `lifetimeSeconds` of zero means the default, an hour. */
  create(node: string, lifetimeSeconds: number): NewToken;
  list(): readonly TokenRecord[];
  revoke(id: string): void;
}

export type TokensDeps = {
  readonly loop: Loop;
  /** Milliseconds of the wall clock. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
};

const defaultLifetime = 3600; // seconds
const longestLifetime = 7 * 24 * 3600; // seconds
const keptAfterwards = 24 * 3_600_000; // milliseconds: an expired token is told from an unknown one for a day

export function createTokens({ loop, now, randomBytes }: TokensDeps): Tokens {
  return {
    create(node, lifetimeSeconds) {
      requireNode(loop.record().state.spec, node);
      if (lifetimeSeconds > longestLifetime) {
        throw new TokenLifetimeError(`a token lives for ${longestLifetime} seconds at most`);
      }
      const secret = randomBytes(16);
      const record: TokenRecord = {
        id: Buffer.from(randomBytes(4)).toString("hex"),
        node,
        secretHash: hashSecret(secret),
        expiresAt: now() + 1000 * (lifetimeSeconds === 0 ? defaultLifetime : lifetimeSeconds),
        spentBy: undefined,
      };
      const kept = [...loop.record().tokens].filter(([, token]) => now() < token.expiresAt + keptAfterwards);
      loop.commit({ tokens: new Map([...kept, [record.id, record]]) });
      return { record, secret };
    },

    list: () => [...loop.record().tokens.values()].toSorted((a, b) => a.expiresAt - b.expiresAt),

    revoke(id) {
      const tokens = new Map(loop.record().tokens);
      if (!tokens.delete(id)) throw new UnknownTokenError(`no token ${id}`);
      loop.commit({ tokens });
    },
  };
}

/** Throws UnknownNodeError for a name that is not in the spec. */
export function requireNode(spec: ClusterSpec, node: string): void {
  if (!spec.nodes.has(node)) throw new UnknownNodeError(`no node ${JSON.stringify(node)} in the cluster spec`);
}

/** Keeps the tokens of the nodes for which `keep` is true; the very same map where that is all of them. */
export function tokensFor(
  tokens: ReadonlyMap<string, TokenRecord>,
  keep: (node: string) => boolean,
): ReadonlyMap<string, TokenRecord> {
  const kept = [...tokens].filter(([, { node }]) => keep(node));
  return kept.length === tokens.size ? tokens : new Map(kept);
}
