import type { Controller } from "./controller.ts";
import { dueProbes } from "./proofs/due-probes.ts";
import { answered } from "./state/cluster.fixture.ts";

/** Lets every joined node be alive and tell, round after round, that its newest run converged; whatever is to be proved holds. */
export function convergeAll(controller: Controller): void {
  const { loop, liveness, reportRun } = controller;
  for (const node of loop.record().state.nodes.keys()) liveness.heartbeat(node, "");
  for (let round = 0; round < 5; round += 1) {
    for (const [node, { generation, revision }] of loop.desired()) {
      reportRun(node, { generation, revision, failures: [] });
    }
    proveAll(controller);
  }
}

/** Lets whatever is to be proved hold. */
export function proveAll({ loop, now, timing }: Controller): void {
  for (;;) {
    const due = dueProbes(loop.present(), now(), [], timing.probes);
    if (due.length === 0) return;
    loop.commit({ events: due.map((probe) => answered(probe, undefined, now())) });
  }
}
