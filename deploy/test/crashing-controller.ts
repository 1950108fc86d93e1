import { randomBytes } from "node:crypto";
import {
  type CertificateAuthority,
  type ClusterStore,
  type Controller,
  createController,
  defaultTiming,
} from "@cowherd/controller";
import { proveAll } from "../../controller/src/fake-convergence.ts";
import { atOnce } from "../../controller/src/hostfile/pace.ts";
import type { RunRecord } from "../../controller/src/state/cluster-state.ts";

/** A controller without doors, on a store that its predecessor did not close. */
export type CrashingController = {
  readonly controller: Controller;
  /** Lets so much time pass in which these nodes give signs of life. */
  pass(milliseconds: number, alive: readonly string[]): void;
  /** Lets these nodes be alive and as they should be, and whatever is to be proved hold. */
  converge(...nodes: readonly string[]): void;
  /** Lets a node's newest run fail. */
  fail(node: string): void;
};

const tickMs = 500;

/** Takes a store up, as the controller that comes after a kill does. Its clocks stand still unless time is let pass. */
export function startController(store: ClusterStore, authority: CertificateAuthority): CrashingController {
  let monotonic = 1_000_000;
  const now = () => 1_800_000_000_000 + monotonic;
  const timing = { ...defaultTiming, pace: atOnce };
  const controller = createController({ store, authority, now, monotonic: () => monotonic, randomBytes, timing });
  const { loop, liveness } = controller;
  const report = (node: string, failures: RunRecord["failures"]) => {
    const { generation, revision } = loop.desired().get(node) ?? { generation: 0n, revision: "" };
    controller.reportRun(node, { generation, revision, failures });
  };
  return {
    controller,

    pass(milliseconds, alive) {
      for (let passed = 0; passed < milliseconds; passed += tickMs) {
        monotonic += tickMs;
        for (const node of alive) liveness.heartbeat(node, "");
        controller.tick();
      }
    },

    converge(...nodes) {
      for (const node of nodes) liveness.heartbeat(node, "");
      for (let round = 0; round < 4; round += 1) {
        for (const node of nodes) report(node, []);
        proveAll(controller);
      }
    },

    fail(node) {
      liveness.heartbeat(node, "");
      report(node, [{ resource: "packages", end: "failed", reason: "no mirror" }]);
    },
  };
}
