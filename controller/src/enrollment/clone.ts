import type { ClusterSpec } from "../spec/cluster-spec.ts";
import type { ClusterState, NodeFacts } from "../state/cluster-state.ts";
import { FactsRefusedError } from "../state/parse-facts.ts";
import type { TokenRecord } from "../tokens/token-record.ts";

/**
 * Refuses a machine that another node is already: the same machine-id, or the same MAC on
 * the card with the node's cluster address.
 *
 * Cloned machines are common, and two of them under one identity take turns at breaking
 * each other. Other cards are not compared: a copied image brings its virtual bridges
 * along. What is unknown is nobody's. Throws FactsRefusedError, which names the other node.
 */
export function refuseClone(state: ClusterState, node: string, facts: NodeFacts): void {
  const mac = clusterMac(state.spec, node, facts);
  for (const other of state.nodes.values()) {
    if (other.name === node) continue;
    if (facts.machineId !== "" && other.facts.machineId === facts.machineId) {
      throw new FactsRefusedError("machineId", `is that of ${other.name}; ${remedy}`);
    }
    if (mac !== undefined && mac !== "" && mac === clusterMac(state.spec, other.name, other.facts)) {
      throw new FactsRefusedError("interfaces", `the MAC ${mac} is that of ${other.name}; ${remedy}`);
    }
  }
}

/**
 * Refuses facts of another machine than the one that joined as the node: a copied disk
 * brings the node's key and certificate along. Throws FactsRefusedError.
 */
export function refuseOtherMachine(state: ClusterState, node: string, { machineId }: NodeFacts): void {
  const joined = state.nodes.get(node)?.facts.machineId ?? "";
  if (joined !== "" && machineId !== "" && joined !== machineId) {
    throw new FactsRefusedError("machineId", "another machine speaks with this node's key; join it with its own token");
  }
}

/** Refuses a key that already speaks for another joined node. Throws FactsRefusedError. */
export function refuseSharedKey(state: ClusterState, tokens: Iterable<TokenRecord>, node: string, key: string): void {
  for (const token of tokens) {
    if (token.spentBy === key && token.node !== node && state.nodes.has(token.node)) {
      throw new FactsRefusedError("csr", `the key is that of ${token.node}; ${remedy}`);
    }
  }
}

const remedy = "a cloned machine needs its own, a renamed one must be removed under its old name first";

function clusterMac(spec: ClusterSpec, node: string, facts: NodeFacts): string | undefined {
  const address = spec.nodes.get(node)?.address;
  return facts.interfaces.find(({ addresses }) => addresses.some((own) => own.split("/")[0] === address))?.mac;
}
