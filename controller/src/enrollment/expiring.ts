import { peerLifeMs } from "../identity/certificate-authority.ts";
import type { ClusterEvent, ClusterState } from "../state/cluster-state.ts";

/** Agents renew at 80 % of a certificate's life at the latest, so one that gets here is not being renewed. */
const warningShare = 0.15;

/**
 * Lists the nodes whose newest certificate ends soon, and of which nobody was told yet. Pure.
 *
 * `now` is in milliseconds since 1970. Told once of each certificate, since that it was told
 * becomes part of the state.
 */
export function expiringCertificates({ nodes }: Pick<ClusterState, "nodes">, now: number): readonly ClusterEvent[] {
  return [...nodes.values()]
    .filter(({ expiry }) => expiry !== undefined && !expiry.told && now >= expiry.at - warningShare * peerLifeMs)
    .map(({ name }) => ({ type: "certificate-expiring", node: name }));
}
