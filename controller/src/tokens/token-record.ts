import { createHash } from "node:crypto";

/** A join token as the controller keeps it: enough to judge a secret, never the secret. */
export type TokenRecord = {
  readonly id: string;
  /** The one node that it joins a machine as. */
  readonly node: string;
  /** SHA-256 of the secret, in lower-case hexadecimal. */
  readonly secretHash: string;
  /** Milliseconds of the wall clock. */
  readonly expiresAt: number;
  /** The fingerprint of the key that spent it; undefined while it is open. */
  readonly spentBy: string | undefined;
};

/** Why a token does not let a machine in. */
export type TokenProblem = "unknown" | "expired" | "used" | "other-node";

/** The token does not let this machine in. Nothing was changed. */
export class TokenRefusedError extends Error {
  override readonly name = "TokenRefusedError";
  readonly problem: TokenProblem;

  constructor(problem: TokenProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}

/** What a machine brings to the door. */
export type Applicant = {
  readonly secret: Uint8Array;
  /** The fingerprint of its key. */
  readonly key: string;
  /** What it takes itself for; empty where it does not know. */
  readonly node: string;
};

/** Returns the hash under which a secret is kept. A plain hash will do: 128 random bits cannot be guessed from it. */
export function hashSecret(secret: Uint8Array): string {
  return createHash("sha256").update(secret).digest("hex");
}

/**
 * Finds the token that an applicant may spend, at `now` milliseconds of the wall clock.
 *
 * The machine that spent a token may spend it again with the same key, since an answer
 * may be lost. Throws TokenRefusedError.
 */
export function judgeToken(tokens: Iterable<TokenRecord>, applicant: Applicant, now: number): TokenRecord {
  const hash = hashSecret(applicant.secret);
  for (const token of tokens) {
    if (token.secretHash !== hash) continue;
    if (token.spentBy !== undefined && token.spentBy !== applicant.key) {
      throw new TokenRefusedError("used", `the token for ${token.node} was spent by another machine`);
    }
    if (now >= token.expiresAt) throw new TokenRefusedError("expired", `the token for ${token.node} has expired`);
    if (applicant.node !== "" && applicant.node !== token.node) {
      throw new TokenRefusedError("other-node", `the token is for ${token.node}`);
    }
    return token;
  }
  throw new TokenRefusedError("unknown", "no such token");
}

/**
 * Returns the tokens after a machine spent one of them.
 *
 * Another machine that spent one of the same node loses it: repeated, it would take the
 * node back from the machine that replaced it.
 */
export function spendToken(
  tokens: ReadonlyMap<string, TokenRecord>,
  token: TokenRecord,
  key: string,
): ReadonlyMap<string, TokenRecord> {
  const replaced = ({ node, spentBy }: TokenRecord) => node === token.node && spentBy !== undefined && spentBy !== key;
  const kept = [...tokens].filter(([, other]) => !replaced(other));
  return new Map(kept).set(token.id, { ...token, spentBy: key });
}
