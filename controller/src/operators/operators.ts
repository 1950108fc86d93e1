import { formatPeerIdentity, parsePeerIdentity } from "@cowherd/proto";
import type { CertificateAuthority } from "../identity/certificate-authority.ts";
import { parseSigningRequest } from "../identity/signing-request.ts";
import type { Loop } from "../reconcile/loop.ts";
import type { ClusterSpec } from "../spec/cluster-spec.ts";
import { primaryOf } from "../spec/primary-of.ts";
import { requireNode, tokensFor, UnknownNodeError } from "../tokens/tokens.ts";
import { PrimaryError, refuseMove } from "./primary.ts";

/** A name that cannot stand in a certificate. */
export class OperatorNameError extends Error {
  override readonly name = "OperatorNameError";
}

/** What a new spec did, as names of nodes. `changed` are those whose desired state became another. */
export type Applied = {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
};

/** What an operator may change. */
export interface Operators {
  /** Replaces the cluster spec. Throws PrimaryError where it would move the controller. */
  apply(spec: ClusterSpec): Applied;
  /** Takes a node's machine out of the cluster, and its tokens with it. Throws UnknownNodeError or PrimaryError. */
  removeNode(node: string): void;
  /**
   * Issues an operator's certificate, in PEM; the one that the same name had before is
   * worthless from then on. Throws OperatorNameError or SigningRequestRefusedError.
   */
  issueCertificate(name: string, csr: Uint8Array): Promise<string>;
}

export type OperatorsDeps = {
  readonly loop: Loop;
  readonly authority: CertificateAuthority;
  /** The sequence of the newest event of the log. */
  readonly lastEvent: () => bigint;
  /** Milliseconds of the wall clock. */
  readonly now: () => number;
};

export function createOperators({ loop, authority, lastEvent, now }: OperatorsDeps): Operators {
  return {
    apply(spec) {
      const { state, tokens } = loop.record();
      refuseMove(state, spec);
      const removed = [...state.spec.nodes.keys()].filter((node) => !spec.nodes.has(node));
      const committed = loop.commit({
        events: [{ type: "spec-applied", spec, lastEvent: lastEvent() }],
        tokens: tokensFor(tokens, (node) => spec.nodes.has(node)),
      });
      const added = [...spec.nodes.keys()].filter((node) => !state.spec.nodes.has(node));
      return { added, removed, changed: [...committed.desired.keys()] };
    },

    removeNode(node) {
      const { state, tokens } = loop.record();
      requireNode(state.spec, node);
      if (node === primaryOf(state.spec)) throw new PrimaryError(`${node} is the primary and cannot be removed`);
      if (!state.nodes.has(node)) throw new UnknownNodeError(`no machine joined as ${node}`);
      loop.commit({
        events: [{ type: "node-removed", node }],
        tokens: tokensFor(tokens, (other) => other !== node),
      });
    },

    async issueCertificate(name, csr) {
      const identity = { role: "operator", name } as const;
      if (parsePeerIdentity(formatPeerIdentity(identity)) === undefined) {
        throw new OperatorNameError("an operator's name is of lower-case letters, digits and hyphens, 63 at most");
      }
      const { key } = await parseSigningRequest(csr);
      const issued = await authority.issuePeer(identity, key, new Date(now()));
      const operators = new Map(loop.record().operators).set(name, { name, certificate: issued.fingerprint });
      loop.commit({ operators });
      return issued.certificate;
    },
  };
}
