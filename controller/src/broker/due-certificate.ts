import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState } from "../state/cluster-state.ts";

/** What a certificate is to be issued for: the key of a request, as base64 of PKCS #10, under these names. */
export type DueCertificate = { readonly request: string; readonly node: string; readonly address: string };

const day = 24 * 3_600_000;
const renewalMs = 30 * day; // it lives for 90 days: a controller that is away for two months finds it valid still
const setbackMs = 1_800_000; // it is back-dated by an hour, of which the other half is for the clients' clocks

/**
 * Says which certificate the broker lacks: its first, one for another key, name or address,
 * and a newer one once it is 30 days old or not valid yet. Undefined while there is none to
 * issue. Pure; `now` is the wall clock's time.
 */
export function dueCertificate({ spec, nodes, broker }: ClusterState, now: number): DueCertificate | undefined {
  const node = primaryOf(spec);
  const request = nodes.get(node)?.facts.brokerRequest;
  const address = spec.nodes.get(node)?.address;
  if (spec.events.broker.kind !== "managed" || request === undefined || address === undefined) return undefined;
  const { certificate } = broker;
  const due = { request, node, address };
  if (certificate === undefined || certificate.request !== request) return due;
  if (certificate.node !== node || certificate.address !== address) return due;
  const age = now - certificate.issuedAt;
  return age > -setbackMs && age < renewalMs ? undefined : due;
}
