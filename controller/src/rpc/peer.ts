import { type PeerIdentity, parsePeerIdentity } from "@cowherd/proto";
import type { ServerUnaryCall } from "@grpc/grpc-js";
import { CertificateRevokedError } from "../enrollment/enrollment.ts";
import { fingerprintOf } from "../identity/fingerprint.ts";
import type { ClusterRecord } from "../store/cluster-store.ts";

/** Who calls, as the connection proves it. A message never says so. */
export type Peer =
  | { readonly role: "anyone" }
  | { readonly role: "local-operator" }
  | (PeerIdentity & { readonly certificate: string });

/** What every kind of grpc-js call tells of its connection. */
export type Connected = Pick<ServerUnaryCall<unknown, unknown>, "getAuthContext" | "getPeer">;

/**
 * Tells who holds the certificate of a connection.
 *
 * That our authority signed it is not enough: it must be one that is in force for its node
 * or operator now. Throws CertificateRevokedError.
 */
export function certifiedPeer(call: Connected, record: ClusterRecord, now: number): Peer {
  const shown = call.getAuthContext().sslPeerCertificate;
  const [, uri = ""] = /^URI:([^,]*)$/.exec(shown?.subjectaltname ?? "") ?? [];
  const identity = parsePeerIdentity(uri);
  if (shown === undefined || identity === undefined) {
    throw new CertificateRevokedError("the certificate names no node and no operator");
  }
  if (Date.parse(shown.valid_to) <= now) throw new CertificateRevokedError("the certificate has expired");
  const certificate = fingerprintOf(shown.raw);
  if (!inForce(identity, record).includes(certificate)) {
    throw new CertificateRevokedError(`the certificate does not speak for ${nameOf(identity)} any more`);
  }
  return { ...identity, certificate };
}

function inForce(identity: PeerIdentity, { state, operators }: ClusterRecord): readonly string[] {
  switch (identity.role) {
    case "node":
      return state.nodes.get(identity.node)?.certificates ?? [];
    case "operator": {
      const operator = operators.get(identity.name);
      return operator === undefined ? [] : [operator.certificate];
    }
  }
}

function nameOf(identity: PeerIdentity): string {
  return identity.role === "node" ? identity.node : identity.name;
}
