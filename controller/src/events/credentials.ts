/** Who somebody is at a NATS server. */
export type Credentials =
  /** A .creds file: a JWT and its seed. */
  | { readonly kind: "jwt"; readonly text: string }
  | { readonly kind: "nkey"; readonly seed: string }
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  | { readonly kind: "token"; readonly token: string };

/** A credentials file that says nothing. */
export class EmptyCredentialsError extends Error {
  override readonly name = "EmptyCredentialsError";
}

/** Reads a credentials file by what it looks like. Throws EmptyCredentialsError. */
export function parseCredentials(text: string): Credentials {
  const line = text.trim();
  if (line === "") throw new EmptyCredentialsError("is empty");
  if (line.includes("BEGIN NATS USER JWT")) return { kind: "jwt", text };
  if (/^SU[A-Z2-7]{56}$/.test(line)) return { kind: "nkey", seed: line };
  const [user = "", ...rest] = line.split(":");
  return rest.length === 0 ? { kind: "token", token: line } : { kind: "password", user, password: rest.join(":") };
}
