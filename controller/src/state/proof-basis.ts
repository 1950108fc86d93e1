import { type Probe, type ProofKind, proofKinds } from "@cowherd/proto";
import { sharedPathOn } from "../compile/shared-folder.ts";
import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState, NodeState } from "./cluster-state.ts";

/** What a judgement of a node's proofs looks at. */
export type Provable = Pick<ClusterState, "spec" | "nodes" | "roster">;

/** Lists what must be proved of a node before it is admitted, in the order in which it is. */
export function requiredProofs(state: Provable, node: NodeState): readonly ProofKind[] {
  const shares = sharedPathOn(state, node) !== undefined;
  return proofKinds.filter((kind) => shares || kind !== "shared-folder");
}

/** Names the probe that a kind is proved by. */
export function probeOf(kind: ProofKind): Probe["kind"] {
  switch (kind) {
    case "peers":
    case "remnants":
      return kind;
    case "name":
    case "login":
    case "identity":
    case "shared-folder":
    case "mpirun":
    case "message":
      return "launch";
  }
}

/** Names who answers a probe about a node: the primary, where ranks are started from it. */
export function askedAbout({ spec }: Pick<Provable, "spec">, node: string, probe: Probe["kind"]): string {
  return probe === "launch" ? primaryOf(spec) : node;
}

/**
 * Writes down all that the proofs of one probe rest on, as a text that is another one as soon
 * as any of it changes.
 *
 * A proof carries the basis on which it was asked for, and counts while that is the node's
 * basis now. So nothing has to be thrown away when a lease ends, an identity, the user, the
 * shared folder or an MPI changes, and no event can be forgotten that would have to.
 *
 * All of a node's proofs end with its lease, and those made from the primary with the
 * primary's too. Only the peers rest on the roster: with each newcomer every node is asked
 * again whom it can resolve, and nothing else.
 */
export function basisOf({ spec, nodes, roster }: Provable, node: NodeState, probe: Probe["kind"]): string {
  const { name, uid, gid } = spec.user;
  switch (probe) {
    case "peers":
      return JSON.stringify([probe, node.leasePeriod, roster]);
    case "remnants":
      return JSON.stringify([probe, node.leasePeriod, node.identityAt, name]);
    case "launch": {
      const primary = nodes.get(primaryOf(spec));
      const from = primary && [primary.leasePeriod, primary.identityAt, primary.facts.mpirun];
      const to = [node.leasePeriod, node.identityAt, node.facts.mpirun, sharedPathOn({ spec, nodes }, node)];
      return JSON.stringify([probe, from, to, name, uid, gid]);
    }
  }
}
