import { noBroker } from "../broker/broker-state.ts";
import type { ClusterSpec } from "../spec/cluster-spec.ts";
import type { ClusterState } from "./cluster-state.ts";
import { hookRecordsOf } from "./hook-records.ts";
import { nothingSilent } from "./silence.ts";

/** The state of a cluster that no machine has joined yet. */
export function initialState(spec: ClusterSpec, epoch: bigint): ClusterState {
  return {
    epoch,
    spec,
    nodes: new Map(),
    roster: 0,
    generation: 0n,
    places: 0,
    formerHostfiles: [],
    hostfile: undefined,
    generations: new Map(),
    pin: undefined,
    handEdit: undefined,
    runTime: 0,
    publishedAt: 0,
    silence: nothingSilent,
    hooks: hookRecordsOf(spec, new Map(), 0n),
    broker: noBroker,
  };
}
