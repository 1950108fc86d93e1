import { type BrokerState, reduceBroker } from "../broker/broker-state.ts";
import { isForBroker } from "../broker/resource-ids.ts";
import { keptGenerations } from "../hostfile/generations.ts";
import type {
  ClusterEvent,
  ClusterState,
  DesiredVersion,
  Expiry,
  HostfilePin,
  NodeFacts,
  NodeState,
  PublishedHostfile,
  RunRecord,
} from "./cluster-state.ts";
import { drained, withRanks } from "./drain.ts";
import { withHookEnd } from "./hook-records.ts";
import { backAgain, fallenSilent, forgiven, letIn, newcomer } from "./presence.ts";
import { withFading, withHold, withoutHold } from "./silence.ts";
import { askedAnew, withProofs } from "./with-proofs.ts";
import { withSpec } from "./with-spec.ts";

/**
 * Returns the state after one event; the very same object when the event changes nothing.
 *
 * Pure and total: any event may come in any order and more than once. An event about a
 * node that is not in the spec, or that no machine joined as, changes nothing.
 */
export function reduce(state: ClusterState, event: ClusterEvent): ClusterState {
  switch (event.type) {
    case "spec-applied":
      return withSpec(state, event.spec, event.lastEvent ?? 0n);
    case "node-enrolled":
      return withMachine(state, event);
    case "node-removed":
      return withoutNode(state, event.node);
    case "certificate-issued":
      return change(state, event.node, (node) => withCertificate(node, event.certificate, event.expiresAt));
    case "certificate-expiring":
      return change(state, event.node, withExpiryTold);
    case "certificate-used":
      return change(state, event.node, (node) => withUsedCertificate(node, event.certificate));
    case "facts-reported":
      return withFacts(state, event.node, event.facts);
    case "facts-refused":
      return change(state, event.node, (node) =>
        node.refusedFacts === event.problem ? node : { ...node, refusedFacts: event.problem },
      );
    case "run-reported":
      return change(state, event.node, (node) => withRun(node, event.run));
    case "lease-gained":
      return change(state, event.node, (node) => (node.reachable ? node : withLease(state, node)));
    case "lease-lost":
      return change(state, event.node, (node) => fallenSilent(state, node));
    case "proofs-reported":
      return change(state, event.node, (node) => withProofs(state, node, event));
    case "nodes-fading":
      return withFading(state, event.nodes);
    case "node-drained":
      return change(state, event.node, (node) => drained(node, event.reason, state.runTime, event.deadlineMs));
    case "node-undrained":
      return change(state, event.node, (node) => (node.drain === undefined ? node : { ...node, drain: undefined }));
    case "ranks-counted":
      return change(state, event.node, (node) => withRanks(node, event.ranks));
    case "node-released":
      return change(state, event.node, forgiven);
    case "hostfile-held":
      return withHold(state);
    case "hostfile-released":
      return withoutHold(state, event.accepted);
    case "time-passed":
      return event.at > state.runTime ? { ...state, runTime: event.at } : state;
    case "desired-state-set":
      return withDesired(state, event.node, event.desired);
    case "node-admitted":
      return withAdmission(state, event.node);
    case "node-withdrawn":
      return change(state, event.node, (node) => (node.admitted ? withdrawn(node) : node));
    case "hostfile-published":
      return withHostfile(state, event.hostfile, event.at);
    case "hostfile-pinned":
      return withPin(state, event.pin);
    case "hostfile-unpinned":
      return state.pin === undefined ? state : { ...state, pin: undefined };
    case "hostfile-edited":
      return sameValue(event.edit, state.handEdit) ? state : { ...state, handEdit: event.edit };
    case "hook-ended":
      return withHookEnd(state, event);
    case "broker-publisher-known":
    case "broker-certificate-issued":
    case "broker-user-added":
    case "broker-user-removed":
      return withBroker(state, reduceBroker(state.broker, event));
  }
}

function withBroker(state: ClusterState, broker: BrokerState): ClusterState {
  return broker === state.broker ? state : { ...state, broker };
}

function withHostfile(state: ClusterState, hostfile: PublishedHostfile, at: number | undefined): ClusterState {
  const newer = hostfile.entries.length > 0 && hostfile.generation > (state.hostfile?.generation ?? 0n);
  if (!newer) return state;
  const generations = keptGenerations(state.generations, { ...hostfile, publishedAt: at });
  return { ...state, hostfile, generations, publishedAt: state.runTime };
}

/** An edit that is adopted was not taken back after all. */
function withPin(state: ClusterState, pin: HostfilePin): ClusterState {
  if (pin.entries.length === 0) return state;
  return { ...state, pin, handEdit: pin.origin.type === "edit" ? undefined : state.handEdit };
}

function change(state: ClusterState, name: string, next: (node: NodeState) => NodeState): ClusterState {
  const node = state.nodes.get(name);
  if (node === undefined) return state;
  const changed = next(node);
  return changed === node ? state : { ...state, nodes: new Map(state.nodes).set(name, changed) };
}

function withLease(state: ClusterState, node: NodeState): NodeState {
  return { ...backAgain(state, node), leasePeriod: node.leasePeriod + 1 };
}

/** Whatever took it out, it must be proved anew; only what was found to be wrong stays to be told. */
function withdrawn(node: NodeState): NodeState {
  return { ...node, admitted: false, proofs: node.proofs.filter(({ failure }) => failure !== undefined) };
}

/** A generation that was given once is never given again, whatever becomes of the node. */
function withDesired(state: ClusterState, name: string, desired: DesiredVersion): ClusterState {
  const next = change(state, name, (node) =>
    desired.generation > (node.desired?.generation ?? 0n) ? { ...node, desired } : node,
  );
  return desired.generation > next.generation && next !== state ? { ...next, generation: desired.generation } : next;
}

/** The first admission gives a node its place, behind all that have one. */
function withAdmission(state: ClusterState, name: string): ClusterState {
  const next = change(state, name, (node) =>
    node.admitted ? node : { ...letIn(state, node), place: node.place ?? state.places + 1 },
  );
  const place = next.nodes.get(name)?.place ?? 0;
  return place > next.places ? { ...next, places: place } : next;
}

/**
 * Another machine, or the same one anew: nothing that was found out about the former holds
 * for it but its place, which is the name's. What the operator wants of the node does too, who
 * may have drained it for this.
 */
function withMachine(
  state: ClusterState,
  { node: name, certificate, facts, expiresAt }: Extract<ClusterEvent, { readonly type: "node-enrolled" }>,
): ClusterState {
  if (!state.spec.nodes.has(name)) return state;
  const former = state.nodes.get(name);
  if (former?.certificates.includes(certificate)) return withFacts(state, name, facts);
  const roster = state.roster + 1;
  const node: NodeState = {
    name,
    certificates: [certificate],
    expiry: expiryAt(expiresAt),
    facts,
    refusedFacts: undefined,
    identityAt: roster,
    desired: undefined,
    observed: undefined,
    lastRun: undefined,
    reachable: false,
    leasePeriod: 0,
    proofs: [],
    admitted: false,
    place: former?.place,
    presence: newcomer,
    drain: former?.drain && { ...former.drain, ranks: undefined },
  };
  return { ...state, roster, nodes: new Map(state.nodes).set(name, node) };
}

function withoutNode(state: ClusterState, name: string): ClusterState {
  const nodes = new Map(state.nodes);
  return nodes.delete(name) ? { ...state, nodes } : state;
}

/** New keys make a node a stranger to its peers, so it must be found fit anew. */
function withFacts(state: ClusterState, name: string, facts: NodeFacts): ClusterState {
  const node = state.nodes.get(name);
  if (node === undefined) return state;
  const next: NodeState = sameValue(facts, node.facts)
    ? { ...node, refusedFacts: undefined }
    : askedAnew({ ...node, facts, refusedFacts: undefined });
  if (!sameValue([facts.hostKeys, facts.userKey], [node.facts.hostKeys, node.facts.userKey])) {
    const roster = state.roster + 1;
    const stranger = { ...next, identityAt: roster, admitted: false };
    return { ...state, roster, nodes: new Map(state.nodes).set(name, stranger) };
  }
  const nothingNew = next.facts === node.facts && node.refusedFacts === undefined;
  return change(state, name, (same) => (nothingNew ? same : next));
}

/** A second renewal before the first was used replaces the unused one: the one in use must stay. */
function withCertificate(node: NodeState, certificate: string, expiresAt: number | undefined): NodeState {
  if (node.certificates.includes(certificate)) return node;
  const certificates = [...node.certificates.slice(0, 1), certificate];
  return { ...node, certificates, expiry: expiryAt(expiresAt) };
}

function expiryAt(at: number | undefined): Expiry | undefined {
  return at === undefined ? undefined : { at, told: false };
}

function withExpiryTold(node: NodeState): NodeState {
  const { expiry } = node;
  return expiry === undefined || expiry.told ? node : { ...node, expiry: { ...expiry, told: true } };
}

/** The use of a newer certificate ends the older. */
function withUsedCertificate(node: NodeState, certificate: string): NodeState {
  const index = node.certificates.indexOf(certificate);
  return index > 0 ? { ...node, certificates: node.certificates.slice(index) } : node;
}

/**
 * What fails of the event broker alone says nothing against the rest of what a node is.
 *
 * Reports come late and more than once: what a newer run already overtook, and what is of
 * no state that was ever desired of this node, is not taken. A run of an older state says
 * how it ended, but not how much of today's roster the node knows.
 */
function withRun(node: NodeState, run: RunRecord): NodeState {
  const { desired } = node;
  if (desired === undefined || run.generation < 1n || run.generation > desired.generation) return node;
  const ofDesired = run.generation === desired.generation;
  if (ofDesired && run.revision !== desired.revision) return node;
  if (node.lastRun !== undefined && run.generation < node.lastRun.generation) return node;
  const observed = ofDesired && run.failures.every(isForBroker) ? desired : node.observed;
  if (observed === node.observed && sameRun(run, node.lastRun)) return node;
  return askedAnew({ ...node, lastRun: run, observed });
}

function sameRun(run: RunRecord, last: RunRecord | undefined): boolean {
  return (
    last?.generation === run.generation && last.revision === run.revision && sameValue(run.failures, last.failures)
  );
}

/** For plain values whose keys stand in one order, as a parser gives them. */
function sameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
