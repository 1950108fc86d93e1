import type { Probe, Proof } from "@cowherd/proto";
import { type LaunchDeps, launchEvidence } from "./launch-probe.ts";
import { findUnknownPeers } from "./peers-probe.ts";
import { proveInOrder } from "./prove.ts";
import { findRemnants, type RemnantsDeps } from "./remnants-probe.ts";

/** What answering probes stands on. */
export type ProbesDeps = LaunchDeps & RemnantsDeps;

/**
 * Answers a probe with what could be proved, in order; only the last proof may have failed.
 *
 * Rejects with the signal's reason alone.
 */
export async function answerProbe(probe: Probe, deps: ProbesDeps, signal: AbortSignal): Promise<readonly Proof[]> {
  switch (probe.kind) {
    case "launch":
      return proveInOrder(launchEvidence(probe, deps, signal), deps.clock, signal);
    case "peers": {
      const seek = () => findUnknownPeers(probe, deps.resolve, signal);
      return proveInOrder([{ kind: "peers", seek }], deps.clock, signal);
    }
    case "remnants": {
      const seek = () => findRemnants(probe, deps, signal);
      return proveInOrder([{ kind: "remnants", seek }], deps.clock, signal);
    }
  }
}
