export type ServerRenewalDeps = {
  /** When the certificate that is shown now was issued, in milliseconds of the wall clock. */
  readonly issuedAt: number;
  /** Milliseconds of the wall clock, which may be set either way at any time. */
  readonly now: () => number;
  /** Issues a certificate and shows it from then on. */
  readonly renew: (now: Date) => Promise<void>;
};

const minute = 60_000;
const renewalMs = 24 * 60 * minute; // the server's certificate lives for 7 days
const setbackMs = 30 * minute; // it is back-dated by an hour, of which the other half is for the peers' clocks

/**
 * Keeps the server's certificate valid by the wall clock: once it is a day old, and once the
 * clock was set back so far that it might not hold yet.
 *
 * Call it often. One renewal runs at a time; one that throws is tried again by the next call.
 */
export function createServerRenewal({ issuedAt, now, renew }: ServerRenewalDeps): () => Promise<void> {
  let newest = issuedAt;
  let renewing = false;

  return async () => {
    const time = now();
    const age = time - newest;
    if (renewing || (age > -setbackMs && age < renewalMs)) return;
    renewing = true;
    try {
      await renew(new Date(time));
      newest = time;
    } finally {
      renewing = false;
    }
  };
}
