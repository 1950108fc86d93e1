import type { CertificateAuthority } from "../identity/certificate-authority.ts";
import { parseSigningRequest, SigningRequestRefusedError } from "../identity/signing-request.ts";
import type { Loop } from "../reconcile/loop.ts";
import { dueCertificate } from "./due-certificate.ts";

export type CertificateKeeperDeps = {
  readonly loop: Loop;
  readonly authority: CertificateAuthority;
  /** Milliseconds of the wall clock. */
  readonly now: () => number;
};

/**
 * Issues the broker's certificate whenever one is due; the agent fetches it as a part of what
 * the primary should be.
 *
 * Call it often. One is issued at a time; a request that cannot be met throws
 * SigningRequestRefusedError once, and is not looked at again.
 */
export function createCertificateKeeper({ loop, authority, now }: CertificateKeeperDeps): () => Promise<void> {
  let refused: string | undefined;
  let issuing = false;

  return async () => {
    const time = now();
    const due = dueCertificate(loop.record().state, time);
    if (due === undefined || issuing || due.request === refused) return;
    issuing = true;
    try {
      const { key } = await parseSigningRequest(Buffer.from(due.request, "base64"));
      const chain = await authority.issueBroker(due, key, new Date(time));
      loop.commit({ events: [{ type: "broker-certificate-issued", issued: { ...due, chain, issuedAt: time } }] });
    } catch (error) {
      if (error instanceof SigningRequestRefusedError) refused = due.request;
      throw error;
    } finally {
      issuing = false;
    }
  };
}
