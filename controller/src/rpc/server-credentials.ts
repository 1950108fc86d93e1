import { ServerCredentials } from "@grpc/grpc-js";
import type { ServerIdentity } from "../identity/certificate-authority.ts";

/**
 * TLS 1.3 for a grpc-js server, with an identity that can be replaced while it runs.
 *
 * A class because grpc-js asks for one: its own constructors can neither raise the lowest
 * version nor change a certificate that is held in memory.
 */
export class ControllerCredentials extends ServerCredentials {
  readonly #clientAuthority: string | undefined;

  /** Clients must show a certificate of `clientAuthority` (PEM); undefined asks for none. */
  constructor(identity: ServerIdentity, clientAuthority: string | undefined) {
    super(
      { requestCert: clientAuthority !== undefined, rejectUnauthorized: true, minVersion: "TLSv1.3" },
      contextOf(identity, clientAuthority),
    );
    this.#clientAuthority = clientAuthority;
  }

  /** Connections from now on see the new identity; those that stand are left alone. */
  replace(identity: ServerIdentity): void {
    this.updateSecureContextOptions(contextOf(identity, this.#clientAuthority));
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

function contextOf({ chain, privateKey }: ServerIdentity, clientAuthority: string | undefined) {
  return {
    cert: chain,
    key: privateKey,
    minVersion: "TLSv1.3",
    ...(clientAuthority && { ca: clientAuthority }),
  } as const;
}
