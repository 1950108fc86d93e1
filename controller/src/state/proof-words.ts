import type { ProofKind } from "@cowherd/proto";
import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState, ProofRecord } from "./cluster-state.ts";
import { askedAbout, probeOf } from "./proof-basis.ts";

/** Says what is to be proved of a node, as the end of a sentence. */
export function openProof(kind: ProofKind, { spec }: Pick<ClusterState, "spec">, node: string): string {
  const primary = primaryOf(spec);
  const user = spec.user.name;
  switch (kind) {
    case "peers":
      return "the names of all nodes resolve there";
    case "remnants":
      return "no rank is left over there from a job whose mpirun is gone";
    case "name":
      return `its name resolves on ${primary}`;
    case "login":
      return `${user} reaches it from ${primary} without a prompt`;
    case "identity":
      return `${user} has the cluster's uid and gid there`;
    case "shared-folder":
      return `${user} can write into the shared folder there`;
    case "mpirun":
      return `mpirun there is that of ${primary}`;
    case "message":
      return node === primary
        ? "two ranks there can send to each other"
        : `two ranks, on ${primary} and there, can send to each other`;
  }
}

/** Says the one next step about a proof that failed. */
export function adviceOn(
  { kind, answered }: Pick<ProofRecord, "kind" | "answered">,
  { spec }: Pick<ClusterState, "spec">,
  node: string,
): string {
  const { user, subnet, remnants, shared } = spec;
  const primary = primaryOf(spec);
  if (!answered) {
    const asked = askedAbout({ spec }, node, probeOf(kind));
    return `install the controller's version of the package cowherd on ${asked}, or restart its cowherd-agent`;
  }
  switch (kind) {
    case "peers":
      return `look at /etc/hosts on ${node}, and for "files" first among the hosts in its /etc/nsswitch.conf`;
    case "remnants":
      return remnants.end
        ? `they are ended ${remnants.graceSeconds} s after they were found`
        : `end them on ${node}; "remnants: { end: true }" in cluster.yaml lets Cowherd do it`;
    case "name":
      return `look at /etc/hosts on ${primary}, and for "files" first among the hosts in its /etc/nsswitch.conf`;
    case "login":
      return `see what "ssh -o BatchMode=yes ${node} true" says as ${user.name} on ${primary}`;
    case "identity":
      return `give ${user.name} the uid ${user.uid} and the gid ${user.gid} on ${node}`;
    case "shared-folder": {
      const path = shared?.path ?? "";
      return `look at "findmnt ${path}" and "ls -ld ${path}" on ${node}`;
    }
    case "mpirun":
      return `install the MPI of ${primary} on ${node}`;
    case "message":
      return `let all ports through between the nodes (ufw allow from ${subnet})`;
  }
}
