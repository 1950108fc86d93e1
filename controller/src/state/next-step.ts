import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState, NodeState } from "./cluster-state.ts";
import { type Objection, objectionTo, type Wait, waitOf } from "./fitness.ts";
import { adviceOn } from "./proof-words.ts";
import { failedRenewal } from "./proving.ts";

/** Says the one next step for a person towards a ready node; empty where there is nothing to do but wait. */
export function nextStepOf(state: ClusterState, name: string): string {
  const node = state.nodes.get(name);
  if (node === undefined) return `cowctl token create --node ${name}`;
  const objection = objectionTo(state, node);
  if (objection !== undefined) return stepAgainst(objection, state, node);
  const wait = node.admitted ? undefined : waitOf(state, node);
  return wait === undefined ? "" : stepOf(wait, state, node);
}

function stepAgainst(objection: Objection, state: ClusterState, node: NodeState): string {
  switch (objection) {
    case "drained":
      return `cowctl node undrain ${node.name}`;
    case "no lease":
      return `see whether ${node.name} is up, and on it: systemctl status cowherd-agent`;
    case "address missing": {
      const address = state.spec.nodes.get(node.name)?.address;
      return `give ${node.name} the address ${address}, or correct cluster.yaml: cowctl apply -f cluster.yaml`;
    }
    case "run failed":
      return `mend on ${node.name} what the reason names; its agent tries again by itself`;
    case "keys missing":
      return `see on ${node.name}: systemctl status ssh cowherd-agent`;
    case "another mpirun":
      return adviceOn({ kind: "mpirun", answered: true }, state, node.name);
    case "proof failed": {
      const failed = failedRenewal(state, node);
      return failed === undefined ? "" : adviceOn(failed, state, node.name);
    }
  }
}

function stepOf(wait: Wait, state: ClusterState, node: NodeState): string {
  const primary = primaryOf(state.spec);
  switch (wait.type) {
    case "cooling-down":
      return `cowctl node release ${node.name}`;
    case "facts-refused":
      return `mend on ${node.name} what the reason names; its agent reports again by itself`;
    case "primary":
      return `cowctl token create --node ${primary}`;
    case "launcher":
      return `cowctl explain ${primary}`;
    case "proof":
      return wait.failed === undefined ? "" : adviceOn(wait.failed, state, node.name);
    case "mpirun":
      return adviceOn({ kind: "mpirun", answered: true }, state, node.name);
    case "first-run":
    case "converging":
    case "known-by":
      return "";
  }
}
