import type { HostfileContent, ResourceSpec, SpecOf } from "@cowherd/proto";
import type { ClusterState } from "../state/cluster-state.ts";
import { overloads } from "../state/slots.ts";
import { brokerParts } from "./broker-parts.ts";
import { type SharedFolder, sharedFolder } from "./shared-folder.ts";

/** What is the same on every node: computed once for all of them. */
export type ClusterParts = {
  readonly hosts: SpecOf<"hostsBlock">["entries"];
  readonly knownHosts: SpecOf<"knownHosts">["hosts"];
  readonly authorizedKeys: SpecOf<"authorizedKeys">["keys"];
  /** The folder that all nodes see. Undefined where none can be, or none is wanted. */
  readonly shared: SharedFolder | undefined;
  /** The hostfiles before the one in force: what is on the disk and none of them was edited by hand. */
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
  const wanted = [...spec.nodes.values()];
  return {
    hosts: wanted.map(({ name, address }) => ({ name, address })),
    knownHosts: wanted.flatMap(({ name, address }) => {
      const keys = nodes.get(name)?.facts.hostKeys ?? [];
      return keys.length === 0 ? [] : [{ names: [name, address], keys }];
    }),
    authorizedKeys: wanted.flatMap(({ name }) => {
      const key = nodes.get(name)?.facts.userKey;
      return key === undefined ? [] : [`${key} ${spec.user.name}@${name}`];
    }),
    shared: sharedFolder(state),
    formerContents: [...state.generations.values()].filter(
      ({ generation }) => generation !== state.hostfile?.generation,
    ),
    formerHostfiles: state.formerHostfiles,
    broker: brokerParts(state),
    overloads: (state.hostfile?.entries ?? []).some(({ node, slots }) => {
      const processors = nodes.get(node)?.facts.processors;
      return processors !== undefined && overloads(processors, slots);
    }),
  };
}
