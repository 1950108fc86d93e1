import { X509Certificate } from "node:crypto";
import { fingerprintOf } from "../journal/membership.ts";
import { JoinError } from "./join-error.ts";

/**
 * Finds the CA that a token pins among the certificates that somebody showed, as PEM.
 *
 * Throws JoinError: `pin-mismatch` where it is not there, `clock-wrong` where it or the
 * first certificate is not good at `now` (milliseconds since 1970) and so would not be verified.
 */
export function pinnedAuthority(chain: readonly Buffer[], pin: Uint8Array, now: number): string {
  const certificates = chain.map((der) => new X509Certificate(der));
  const authority = certificates.find((certificate) => certificate.ca && fingerprintOf(certificate).equals(pin));
  if (authority === undefined) {
    throw new JoinError("pin-mismatch", "whoever answers there is not of the cluster that the token is for");
  }
  for (const certificate of [authority, certificates[0] ?? authority]) {
    const { validFromDate: from, validToDate: to } = certificate;
    if (now < from.getTime() || now > to.getTime()) {
      const said = `this machine's clock says ${new Date(now).toISOString()}`;
      const good = `the controller's certificate is good from ${from.toISOString()} to ${to.toISOString()}`;
      throw new JoinError("clock-wrong", `${said}, and ${good}`);
    }
  }
  return authority.toString();
}
