import type { ControllerLink } from "./controller-link.ts";

/** A link whose connection can be replaced by one with a newer certificate. */
export type RenewableLink = ControllerLink & {
  /** Takes `next` for every further call and closes the former; its session ends, and the next one is on `next`. */
  replace(next: ControllerLink): void;
};

/** Makes a renewable link that uses `first` until it is replaced. */
export function createRenewableLink(first: ControllerLink): RenewableLink {
  let current = first;
  return {
    replace(next) {
      const former = current;
      current = next;
      former.close();
    },
    session: (holds, signal) => current.session(holds, signal),
    heartbeat: (sign, signal) => current.heartbeat(sign, signal),
    reportFacts: (facts, signal) => current.reportFacts(facts, signal),
    reportRun: (run, signal) => current.reportRun(run, signal),
    reportCheck: (id, outcomes, signal) => current.reportCheck(id, outcomes, signal),
    reportProof: (id, proofs, signal) => current.reportProof(id, proofs, signal),
    reportHook: (id, failure, signal) => current.reportHook(id, failure, signal),
    renew: (request, signal) => current.renew(request, signal),
    close: () => current.close(),
  };
}
