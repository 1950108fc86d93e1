import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createAuthority, createController, defaultTiming, openAuthority } from "@cowherd/controller";
import type { BusSupply } from "../../../controller/src/events/publishing.ts";
import { proveAll } from "../../../controller/src/fake-convergence.ts";
import { clusterSpec, enrolled, ran } from "../../../controller/src/state/cluster.fixture.ts";
import { initialState } from "../../../controller/src/state/initial-state.ts";
import type { ClusterStore } from "../../../controller/src/store/cluster-store.ts";

/** A controller with its store on a disk, whose nodes are played. */
export type PlayedCluster = AsyncDisposable & {
  /** Applies another spec, on which every node fails once and then converges, one after another. */
  converge(): Promise<void>;
  /** Whether every event that was told is published. */
  isPublished(): boolean;
};

export type PlayedClusterOptions = {
  readonly nodes: number;
  /** That section of its cluster.yaml. */
  readonly events: string;
  /** Empty; it is closed with the cluster. */
  readonly store: ClusterStore;
  readonly buses: BusSupply;
};

export async function startPlayedCluster({
  nodes,
  events,
  store,
  buses,
}: PlayedClusterOptions): Promise<PlayedCluster> {
  const names = ["primary", ...Array.from({ length: nodes - 1 }, (_, at) => `secondary${at + 1}`)];
  const specWith = (packages: string) => clusterSpec(names, `packages: [${packages}]\nevents: ${events}`);
  store.commit({ state: initialState(specWith("mpich"), 1n), tokens: new Map(), operators: new Map() });
  const controller = createController({
    store,
    authority: await openAuthority(await createAuthority("lab", new Date())),
    now: Date.now,
    monotonic: () => performance.now(),
    randomBytes,
    timing: defaultTiming,
    buses,
  });
  const { loop } = controller;
  loop.commit({ events: names.flatMap((node) => enrolled(node)) });
  let round = 0;

  return {
    async converge() {
      round += 1;
      const spec = specWith(round % 2 === 0 ? "mpich" : "mpich, openmpi-bin");
      loop.commit({ events: [{ type: "spec-applied", spec }] });
      for (const failures of [{ packages: "no space left on device" }, {}]) {
        for (const node of names) {
          loop.commit({ events: [ran(loop.record().state, node, failures)] });
          await nextTurn(); // as between two reports on the wire
        }
      }
      proveAll(controller);
    },
    isPublished: () => controller.events.published() === controller.events.last(),
    async [Symbol.asyncDispose]() {
      await controller.publishing?.[Symbol.asyncDispose]();
      store.close();
    },
  };
}
