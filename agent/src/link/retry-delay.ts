import { backoffMs } from "../backoff.ts";
import { LinkError } from "./link-error.ts";

/** A controller that comes back gives every node one lease to be heard in, so pauses do not grow to its length. */
const soon = { firstMs: 500, mostMs: 1_500 };
const slow = { firstMs: 60_000, mostMs: 60_000 };

/**
 * Returns the milliseconds until a failed call is worth repeating: the one place that
 * decides it. `failures` counts those in a row.
 *
 * A certificate that is not taken is shown again all the same, since a clock may be set
 * right; but slowly. The first word that it is revoked may have crossed a renewal, after
 * which the next call shows another: that one is made soon, within the lease. Rethrows what is no failure of the link, but a fault of ours.
 */
export function retryDelayMs(error: unknown, failures: number, random: number): number {
  if (!(error instanceof LinkError)) throw error;
  switch (error.failure) {
    case "unreachable":
      return backoffMs(failures, soon, random);
    case "revoked":
      return backoffMs(failures, failures <= 1 ? soon : slow, random);
    case "refused":
    case "expired":
      return backoffMs(failures, slow, random);
  }
}
