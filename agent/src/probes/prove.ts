import type { Proof, ProofKind } from "@cowherd/proto";
import type { Clock } from "../clock.ts";
import { failureReason } from "../resources/failure-reason.ts";

/** Looks for one piece of evidence: resolves with why it does not hold, or undefined where it does. */
export type Evidence = { readonly kind: ProofKind; seek(): Promise<string | undefined> };

/**
 * Proves one after another and stops at the first that fails.
 *
 * What cannot be looked at is not proved: an error is a failure in its own words. Rejects
 * with the signal's reason alone.
 */
export async function proveInOrder(
  evidence: readonly Evidence[],
  clock: Pick<Clock, "now">,
  signal: AbortSignal,
): Promise<readonly Proof[]> {
  const proofs: Proof[] = [];
  for (const { kind, seek } of evidence) {
    const from = clock.now();
    const failure = await seek().catch((error: unknown) => {
      signal.throwIfAborted();
      return failureReason(error);
    });
    signal.throwIfAborted();
    proofs.push({
      kind,
      failure: failure === undefined ? undefined : failureReason(failure),
      durationMs: Math.round(clock.now() - from),
    });
    if (failure !== undefined) break;
  }
  return proofs;
}
