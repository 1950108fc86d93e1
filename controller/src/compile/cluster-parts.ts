import type { HostfileContent, ResourceSpec, SpecOf } from "@cowherd/proto";
import type { ClusterState, PublishedHostfile } from "../state/cluster-state.ts";
import { overloads } from "../state/slots.ts";
import { brokerParts } from "./broker-parts.ts";
import { type SharedFolder, sharedFolder } from "./shared-folder.ts";

/** What is the same on every node: computed once for all of them. */
export type ClusterParts = {
  readonly hosts: SpecOf<"hostsBlock">["entries"];
  readonly knownHosts: SpecOf<"knownHosts">;
  readonly authorizedKeys: SpecOf<"authorizedKeys">;
  /** The folder that all nodes see. Undefined where none can be, or none is wanted. */
  readonly shared: SharedFolder | undefined;
};

/** What the primary alone has, from where programs are launched. */
export type LaunchParts = {
  readonly hostfile: PublishedHostfile | undefined;
  /** The hostfiles before it: what is on the disk and none of them was edited by hand. */
  readonly formerContents: readonly HostfileContent[];
  /** Where hostfiles were and are no more. */
  readonly formerHostfiles: readonly string[];
  /** The primary's event broker. */
  readonly broker: readonly ResourceSpec[];
  /** Some node of the hostfile has more slots there than cores to bind ranks to. */
  readonly overloads: boolean;
};

/**
 * Gathers what every node must know of every other.
 *
 * All nodes of the spec have their line among the hosts, joined or not, so that names stand
 * before machines do. Keys are of joined nodes alone, and go when the node goes. A node is
 * in all three lists itself: MPI reaches the own machine by its name too.
 */
export function clusterParts(state: ClusterState): ClusterParts {
  const { spec, nodes } = state;
  const { name: user, home } = spec.user;
  const wanted = [...spec.nodes.values()];
  const hosts = wanted.flatMap(({ name, address }) => {
    const keys = nodes.get(name)?.facts.hostKeys ?? [];
    return keys.length === 0 ? [] : [{ names: [name, address], keys }];
  });
  const keys = wanted.flatMap(({ name }) => {
    const key = nodes.get(name)?.facts.userKey;
    return key === undefined ? [] : [`${key} ${user}@${name}`];
  });
  const path = `${home}/.ssh/authorized_keys`;
  return {
    hosts: wanted.map(({ name, address }) => ({ name, address })),
    knownHosts: { id: "known-hosts", requires: [], kind: "knownHosts", hosts },
    authorizedKeys: { id: "authorized-keys", requires: ["ssh-folder"], kind: "authorizedKeys", user, path, keys },
    shared: sharedFolder(state),
  };
}

/** Gathers what the primary has beside it. */
export function launchParts(state: ClusterState): LaunchParts {
  const { nodes, hostfile, generations, formerHostfiles } = state;
  return {
    hostfile,
    formerContents: [...generations.values()].filter(({ generation }) => generation !== hostfile?.generation),
    formerHostfiles,
    broker: brokerParts(state),
    overloads: (hostfile?.entries ?? []).some(({ node, slots }) => {
      const processors = nodes.get(node)?.facts.processors;
      return processors !== undefined && overloads(processors, slots);
    }),
  };
}

/** Lists the resources that are the very same on every node. */
export function commonResources({ knownHosts, authorizedKeys }: ClusterParts): readonly ResourceSpec[] {
  return [knownHosts, authorizedKeys];
}
