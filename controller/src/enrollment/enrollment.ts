import { nodeNameProblem } from "@cowherd/proto";
import type { CertificateAuthority } from "../identity/certificate-authority.ts";
import { parseSigningRequest } from "../identity/signing-request.ts";
import type { Loop } from "../reconcile/loop.ts";
import { factsLimits, parseFacts, type ReportedFacts } from "../state/parse-facts.ts";
import { type Applicant, judgeToken, spendToken, TokenRefusedError } from "../tokens/token-record.ts";
import { requireNode } from "../tokens/tokens.ts";
import { refuseClone, refuseSharedKey } from "./clone.ts";
import { createRefusalBound } from "./told-refusals.ts";

/** A machine's wish to join. Nothing in it is trusted. */
export type Application = {
  readonly secret: Uint8Array;
  /** PKCS #10, DER. */
  readonly csr: Uint8Array;
  readonly facts: ReportedFacts;
  /** What it takes itself for; empty where it does not know. */
  readonly node: string;
};

/** The node that the machine is from now on. `certificate` is PEM. */
export type Enrolled = { readonly node: string; readonly certificate: string };

/** The certificate is not, or no longer, one that may speak for anyone here. */
export class CertificateRevokedError extends Error {
  override readonly name = "CertificateRevokedError";
}

/** A node, as the certificate that speaks for it proves it. `certificate` is its fingerprint. */
export type CertifiedNode = { readonly node: string; readonly certificate: string };

/** Turns machines into nodes. */
export interface Enrollment {
  /**
   * Spends a token and issues the node's certificate, which replaces every older one.
   *
   * The same machine may repeat it. Throws TokenRefusedError, SigningRequestRefusedError,
   * FactsRefusedError or UnknownNodeError, and then the token is as it was.
   */
  enroll(application: Application): Promise<Enrolled>;
  /**
   * Issues a node's next certificate (PEM); the old one stays good until the new one was used.
   *
   * Throws SigningRequestRefusedError, and CertificateRevokedError for a machine that is not the node any more.
   */
  renew(caller: CertifiedNode, csr: Uint8Array): Promise<string>;
}

export type EnrollmentDeps = {
  readonly loop: Loop;
  readonly authority: CertificateAuthority;
  /** Milliseconds of the wall clock. */
  readonly now: () => number;
};

export function createEnrollment({ loop, authority, now }: EnrollmentDeps): Enrollment {
  const mayTell = createRefusalBound(now);

  function judge(applicant: Applicant) {
    try {
      return judgeToken(loop.record().tokens.values(), applicant, now());
    } catch (error) {
      if (error instanceof TokenRefusedError && mayTell()) {
        const node = nodeNameProblem(applicant.node) === undefined ? applicant.node : undefined;
        loop.commit({ told: [{ type: "token.refused", node, reason: error.message }] });
      }
      throw error;
    }
  }

  return {
    async enroll({ secret, csr, facts: reported, node: claimed }) {
      const { key, fingerprint } = await parseSigningRequest(csr);
      const applicant = { secret, key: fingerprint, node: claimed };
      const { node } = judge(applicant);
      const issued = await authority.issuePeer({ role: "node", node }, key, new Date(now()));

      // Judged again, and from here on without a pause: two machines may have come with one token.
      const token = judge(applicant);
      const { state, tokens } = loop.record();
      requireNode(state.spec, node);
      refuseSharedKey(state, tokens.values(), node, fingerprint);
      const facts = parseFacts(reported, factsLimits(state.spec));
      refuseClone(state, node, facts);
      loop.commit({
        events: [
          { type: "node-enrolled", node, certificate: issued.fingerprint, facts, expiresAt: issued.notAfter.getTime() },
        ],
        tokens: spendToken(tokens, token, fingerprint),
      });
      return { node, certificate: issued.certificate };
    },

    async renew({ node, certificate }, csr) {
      const { key } = await parseSigningRequest(csr);
      const issued = await authority.issuePeer({ role: "node", node }, key, new Date(now()));

      // Asked again, and from here on without a pause: the node may be another machine's by now.
      if (!loop.record().state.nodes.get(node)?.certificates.includes(certificate)) {
        throw new CertificateRevokedError(`the certificate does not speak for ${node} any more`);
      }
      const expiresAt = issued.notAfter.getTime();
      loop.commit({ events: [{ type: "certificate-issued", node, certificate: issued.fingerprint, expiresAt }] });
      return issued.certificate;
    },
  };
}
