import type { DesiredState as WireDesiredState, Resource as WireResource } from "./gen/cowherd/v1/resource.ts";
import { encodeResources, revisionOf } from "./revision.ts";

type WireKind = NonNullable<WireResource["kind"]>;

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/** What the schema says of one kind, with the resource's id and what it requires. */
export type SpecOf<Kind extends ResourceKind> = {
  /** Unique within the node. */
  readonly id: string;
  /** Ids of earlier resources; when one of them fails, this one is skipped. */
  readonly requires: readonly string[];
  readonly kind: Kind;
} & Frozen<Extract<WireKind, { $case: Kind }>["value"]>;

/** The type of a resource, such as "hostsBlock". */
export type ResourceKind = WireKind["$case"];

/** One managed thing on a node, as the schema describes it. */
export type ResourceSpec = { [Kind in ResourceKind]: SpecOf<Kind> }[ResourceKind];

/** The complete, ordered resources of one node. `revision` is the hash of `resources`. */
export type DesiredState = {
  readonly epoch: bigint;
  readonly generation: bigint;
  readonly revision: string;
  readonly resources: readonly ResourceSpec[];
};

/** A desired state that cannot be taken whole, and so is not taken at all. */
export class InvalidDesiredStateError extends Error {
  override readonly name = "InvalidDesiredStateError";
}

/**
 * Parses a desired state from the wire.
 *
 * All or nothing: throws InvalidDesiredStateError for a kind that this version does not
 * know, an id that is missing or doubled, a requirement that is not an earlier resource,
 * and a revision that is not the hash of the content.
 */
export function parseDesiredState(state: WireDesiredState): DesiredState {
  const resources = parseResources(state.resources);
  if (state.revision !== revisionOf(state.resources)) {
    throw new InvalidDesiredStateError("the revision is not the hash of the resources");
  }
  return { epoch: state.epoch, generation: state.generation, revision: state.revision, resources };
}

/** Parses ordered resources from the wire, with the refusals of parseDesiredState. */
export function parseResources(resources: readonly WireResource[]): readonly ResourceSpec[] {
  const earlier = new Set<string>();
  return resources.map((resource) => {
    if (resource.id === "" || earlier.has(resource.id)) {
      throw new InvalidDesiredStateError(`resource id ${JSON.stringify(resource.id)} is missing or doubled`);
    }
    for (const id of resource.requires) {
      if (!earlier.has(id)) throw new InvalidDesiredStateError(`${resource.id} requires ${id}, which is not before it`);
    }
    earlier.add(resource.id);
    return parseResource(resource);
  });
}

/** Brings a desired state into the wire's form. */
export function toWireDesiredState(state: DesiredState): WireDesiredState {
  return { ...state, resources: state.resources.map(toWireResource) };
}

/** Makes a desired state of resources: the revision is computed here and nowhere else. */
export function createDesiredState(
  version: { readonly epoch: bigint; readonly generation: bigint },
  resources: readonly ResourceSpec[],
): DesiredState {
  return { ...version, resources, revision: revisionOf(resources.map(toWireResource)) };
}

/** Encodes one resource for revisionOfEncoded. */
export function encodeResource(resource: ResourceSpec): Uint8Array {
  return encodeResources([toWireResource(resource)]);
}

function parseResource({ id, requires, kind }: WireResource): ResourceSpec {
  const common = { id, requires };
  switch (kind?.$case) {
    case "hostname":
      return { ...common, kind: kind.$case, ...kind.value };
    case "hostsBlock":
      return { ...common, kind: kind.$case, ...kind.value };
    case "user":
      return { ...common, kind: kind.$case, ...kind.value };
    case "sshKey":
      return { ...common, kind: kind.$case, ...kind.value };
    case "authorizedKeys":
      return { ...common, kind: kind.$case, ...kind.value };
    case "knownHosts":
      return { ...common, kind: kind.$case, ...kind.value };
    case "packageSet":
      return { ...common, kind: kind.$case, ...kind.value };
    case "mpiParameters":
      return { ...common, kind: kind.$case, ...kind.value };
    case "directory":
      return { ...common, kind: kind.$case, ...kind.value };
    case "file":
      return { ...common, kind: kind.$case, ...kind.value };
    case "hostfile":
      return { ...common, kind: kind.$case, ...kind.value };
    case "network":
      return { ...common, kind: kind.$case, ...kind.value };
    case "nfsExport":
      return { ...common, kind: kind.$case, ...kind.value };
    case "nfsMount":
      return { ...common, kind: kind.$case, ...kind.value };
    case "python":
      return { ...common, kind: kind.$case, ...kind.value };
    case "pythonPackages":
      return { ...common, kind: kind.$case, ...kind.value };
    case "staleHostfiles":
      return { ...common, kind: kind.$case, ...kind.value };
    case "tlsKey":
      return { ...common, kind: kind.$case, ...kind.value };
    case "eventBroker":
      return { ...common, kind: kind.$case, ...kind.value };
    case "staleEventBroker":
      return { ...common, kind: kind.$case, ...kind.value };
    case undefined:
      throw new InvalidDesiredStateError(`resource ${id} is of a kind that this version does not know`);
  }
}

/** Brings a resource into the wire's form. */
export function toWireResource(spec: ResourceSpec): WireResource {
  const common = { id: spec.id, requires: [...spec.requires] };
  switch (spec.kind) {
    case "hostname":
      return { ...common, kind: { $case: spec.kind, value: { name: spec.name } } };
    case "hostsBlock":
      return {
        ...common,
        kind: { $case: spec.kind, value: { entries: spec.entries.map(copy), ownName: spec.ownName } },
      };
    case "user": {
      const { name, uid, gid, home, shell, groups } = spec;
      return { ...common, kind: { $case: spec.kind, value: { name, uid, gid, home, shell, groups: [...groups] } } };
    }
    case "sshKey":
      return { ...common, kind: { $case: spec.kind, value: { user: spec.user, path: spec.path } } };
    case "authorizedKeys": {
      const { user, path, keys } = spec;
      return { ...common, kind: { $case: spec.kind, value: { user, path, keys: [...keys] } } };
    }
    case "knownHosts": {
      const hosts = spec.hosts.map(({ names, keys }) => ({ names: [...names], keys: [...keys] }));
      return { ...common, kind: { $case: spec.kind, value: { hosts } } };
    }
    case "packageSet":
      return {
        ...common,
        kind: { $case: spec.kind, value: { packages: [...spec.packages], quietUnits: [...spec.quietUnits] } },
      };
    case "mpiParameters": {
      const { subnet, defaultHostfile, overloads } = spec;
      return { ...common, kind: { $case: spec.kind, value: { subnet, defaultHostfile, overloads } } };
    }
    case "directory": {
      const { path, owner, group, mode } = spec;
      return { ...common, kind: { $case: spec.kind, value: { path, owner, group, mode } } };
    }
    case "file": {
      const { path, content, owner, group, mode } = spec;
      return { ...common, kind: { $case: spec.kind, value: { path, content, owner, group, mode } } };
    }
    case "hostfile": {
      const { path, owner, group, generation, entries, form, formerSha256 } = spec;
      const lists = { entries: entries.map(copy), formerSha256: [...formerSha256] };
      return { ...common, kind: { $case: spec.kind, value: { path, owner, group, generation, form, ...lists } } };
    }
    case "network": {
      const { address, mac, nameservers, confirmSeconds, demanded } = spec;
      return {
        ...common,
        kind: { $case: spec.kind, value: { address, mac, nameservers: [...nameservers], confirmSeconds, demanded } },
      };
    }
    case "nfsExport": {
      const { path, clients, options } = spec;
      return { ...common, kind: { $case: spec.kind, value: { path, clients, options: [...options] } } };
    }
    case "nfsMount": {
      const { server, serverAddress, remotePath, path } = spec;
      return { ...common, kind: { $case: spec.kind, value: { server, serverAddress, remotePath, path } } };
    }
    case "python": {
      const { user, home, version, pyenvUrl, pyenvSha256, mirrorUrl } = spec;
      return {
        ...common,
        kind: { $case: spec.kind, value: { user, home, version, pyenvUrl, pyenvSha256, mirrorUrl } },
      };
    }
    case "pythonPackages": {
      const { user, home, version, packages, indexUrl, findLinks } = spec;
      const lists = { packages: [...packages], findLinks: [...findLinks] };
      return { ...common, kind: { $case: spec.kind, value: { user, home, version, indexUrl, ...lists } } };
    }
    case "staleHostfiles":
      return { ...common, kind: { $case: spec.kind, value: { paths: [...spec.paths] } } };
    case "tlsKey":
      return { ...common, kind: { $case: spec.kind, value: { path: spec.path, group: spec.group } } };
    case "eventBroker": {
      const { cluster, address, port, program, certificate, keyPath, publisher, users, storeMegabytes } = spec;
      const own = { cluster, address, port, program, certificate, keyPath, publisher, storeMegabytes };
      return { ...common, kind: { $case: spec.kind, value: { ...own, users: users.map(copy) } } };
    }
    case "staleEventBroker":
      return { ...common, kind: { $case: spec.kind, value: {} } };
  }
}

function copy<T extends object>(value: T): T {
  return { ...value };
}
