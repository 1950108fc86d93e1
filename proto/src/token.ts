/** What a join token holds. */
export type JoinToken = {
  /** 16 random bytes, sent only to a controller whose CA matches the pin. */
  readonly secret: Uint8Array;
  /** SHA-256 of the CA certificate's DER form, 32 bytes. */
  readonly pin: Uint8Array;
};

/** A text that is no token, or not a whole one. */
export class InvalidTokenError extends Error {
  override readonly name = "InvalidTokenError";
}

const prefix = "cowherd1_";
const secretBytes = 16;
const pinBytes = 32;

/** Writes a token as one word of letters, digits, "-" and "_", safe in every shell. */
export function formatToken({ secret, pin }: JoinToken): string {
  return prefix + Buffer.concat([secret, pin]).toString("base64url");
}

/** Reads what formatToken wrote; throws InvalidTokenError for anything else. Says nothing of whether it is still good. */
export function parseToken(text: string): JoinToken {
  const bytes = Buffer.from(text.startsWith(prefix) ? text.slice(prefix.length) : "", "base64url");
  const token = { secret: bytes.subarray(0, secretBytes), pin: bytes.subarray(secretBytes) };
  if (token.pin.length !== pinBytes || formatToken(token) !== text) {
    throw new InvalidTokenError("not a join token, or not the whole of one");
  }
  return token;
}
