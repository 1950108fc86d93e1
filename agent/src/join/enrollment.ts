import type { Facts } from "../facts/facts.ts";

/** The place of a controller's enrolment. */
export type EnrollmentPlace = { readonly address: string; readonly port: number };

/** How a machine without a certificate talks to a controller. */
export interface Enrollment {
  /**
   * Returns the certificates that the other end shows, in DER, its own first. Trusts none of
   * them and sends nothing. Rejects with LinkError.
   */
  fetchChain(place: EnrollmentPlace, signal: AbortSignal): Promise<readonly Buffer[]>;

  /**
   * Spends a token, over a connection to whoever `authority` (PEM) vouches for and to nobody
   * else. Rejects with LinkError.
   */
  enroll(
    place: EnrollmentPlace,
    authority: string,
    request: EnrollmentRequest,
    signal: AbortSignal,
  ): Promise<EnrollmentAnswer>;
}

export type EnrollmentRequest = {
  readonly secret: Uint8Array;
  /** PKCS #10, DER. */
  readonly csr: Uint8Array;
  readonly facts: Facts;
  /** The node that the machine takes itself for; empty where it does not know. */
  readonly node: string;
};

export type EnrollmentAnswer = {
  readonly node: string;
  readonly cluster: string;
  /** PEM. */
  readonly certificate: string;
  readonly agentPort: number;
};
