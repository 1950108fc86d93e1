import type { ProofKind, ResourceSpec } from "@cowherd/proto";
import { type DueProbe, dueProbes } from "../proofs/due-probes.ts";
import { defaultProbeTiming } from "../proofs/probe-timing.ts";
import { settle } from "../reconcile/settle.ts";
import { parseClusterSpec } from "../spec/parse-cluster-spec.ts";
import type { ClusterEvent, ClusterState, NodeFacts, NodeState } from "./cluster-state.ts";
import { initialState } from "./initial-state.ts";
import { reduce } from "./reduce.ts";

export const names = ["primary", "secondary1", "secondary2", "secondary10"] as const;

/** A spec of the four names, at 192.168.56.10 and on. `more` is further YAML. */
export function clusterSpec(nodes: readonly string[] = names, more = "") {
  const lines = nodes.map((name) => `  ${name}: { address: ${addressOf(name)} }\n`);
  return parseClusterSpec(`${more}\nnodes:\n${lines.join("")}`);
}

function addressOf(name: string): string {
  return `192.168.56.${name === "primary" ? 10 : 10 + Number(name.replace("secondary", ""))}`;
}

/** Facts of a machine that is fit in all respects, once its user's key is there. */
export function machine(name: string, over: Partial<NodeFacts> = {}): NodeFacts {
  return {
    hostname: name,
    machineId: "",
    os: { id: "debian", versionId: "12", kernel: "6.1", architecture: "x64" },
    interfaces: [{ name: "enp0s8", mac: "", addresses: [`${addressOf(name)}/24`] }],
    agentVersion: "0.1.0",
    nfs: { server: true, client: true },
    netplan: true,
    mpirun: { vendor: "Open MPI", version: "4.1.4" },
    brokerRequest: undefined,
    processors: { online: 2, schedulable: 2, quota: undefined, cores: 2 },
    memoryBytes: 1024,
    hostKeys: [`ssh-ed25519 host+${name.replace("secondary", "s")}`],
    userKey: `ssh-ed25519 user+${name.replace("secondary", "s")}`,
    ...over,
  };
}

export function empty(): ClusterState {
  return initialState(clusterSpec(), 1n);
}

/** A quarter of an hour: after it no earlier event of a test matters to one that waits for a time. */
const calmMs = 900_000;

/** The state after these events, which come together in a calm time; the very same one where they change nothing. */
export function given(state: ClusterState, ...events: readonly ClusterEvent[]): ClusterState {
  return suddenly(state, ...events) === state ? state : suddenly(later(state, calmMs), ...events);
}

/** The state after these events, at the very time that it is. */
export function suddenly(state: ClusterState, ...events: readonly ClusterEvent[]): ClusterState {
  return events.reduce(reduce, state);
}

/** The state so much later, when nothing has happened. */
export function later(state: ClusterState, ms: number): ClusterState {
  return reduce(state, { type: "time-passed", at: state.runTime + ms });
}

export function enrolled(node: string, facts = machine(node)): readonly ClusterEvent[] {
  return [
    { type: "node-enrolled", node, certificate: `certificate of ${node}`, facts },
    { type: "lease-gained", node },
  ];
}

/**
 * The run of the state that is desired of a node now; without reasons it converges. `skipped`
 * names resources with the ones that they were skipped because of.
 */
export function ran(
  state: ClusterState,
  node: string,
  failures: Readonly<Record<string, string>> = {},
  skipped: Readonly<Record<string, string>> = {},
): ClusterEvent {
  const { generation = 0n, revision = "" } = state.nodes.get(node)?.desired ?? {};
  const failed = Object.entries(failures).map(([resource, reason]) => ({ resource, end: "failed", reason }) as const);
  const left = Object.entries(skipped).map(([resource, because]) => ({ resource, end: "skipped", because }) as const);
  return { type: "run-reported", node, run: { generation, revision, failures: [...failed, ...left] } };
}

/** The answer to a probe. It holds in all, or fails at `failing`. */
export function answered(
  { node, basis, kinds }: DueProbe,
  failing?: { readonly kind: ProofKind; readonly failure: string },
  at = 0,
): ClusterEvent {
  const tried = kinds.slice(0, failing === undefined ? undefined : kinds.indexOf(failing.kind) + 1);
  const proofs = tried.map((kind) => ({
    kind,
    failure: kind === failing?.kind ? failing.failure : undefined,
    durationMs: 1,
  }));
  return { type: "proofs-reported", node, basis, proofs, answered: true, at };
}

/** Brings a state to its fixed point, with every probe that becomes due on the way answered: all holds. */
export function proved(state: ClusterState, now = 0): ClusterState {
  const settled = settle(state).state;
  const due = dueProbes(settled, now, [], defaultProbeTiming);
  if (due.length === 0) return settled;
  return proved(suddenly(settled, ...due.map((probe) => answered(probe, undefined, now))), now);
}

export function nodeOf(state: ClusterState, name: string): NodeState {
  const node = state.nodes.get(name);
  if (node === undefined) throw new RangeError(`no machine joined as ${name}`);
  return node;
}

export function resource<Id extends string>(resources: readonly ResourceSpec[] | undefined, id: Id) {
  return resources?.find((candidate) => candidate.id === id);
}
