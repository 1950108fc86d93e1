import type { ResourceSpec } from "@cowherd/proto";
import { brokerKeyPath, brokerFolder as folder, brokerResources as ids } from "../broker/resource-ids.ts";
import type { BrokerSource } from "../spec/cluster-spec.ts";
import { primaryOf } from "../spec/primary-of.ts";
import type { ClusterState } from "../state/cluster-state.ts";

const group = "cowherd-nats";

/** Debian's package starts a server of its own that lets anybody in. */
const debiansOwn = ["nats-server.service"];

/**
 * Compiles the primary's event broker.
 *
 * Only once there is a hostfile: no first hostfile waits for a broker. The server comes after
 * its key, since its certificate is issued to the request that is made with it. A broker that
 * is not asked for any more is taken away where there may have been one.
 */
export function brokerParts({ spec, nodes, broker, hostfile }: ClusterState): readonly ResourceSpec[] {
  const { broker: wanted, keep } = spec.events;
  const { certificate, publisher, users } = broker;
  if (wanted.kind !== "managed") {
    return certificate === undefined ? [] : [{ id: ids.stale, requires: [], kind: "staleEventBroker" }];
  }
  if (hostfile === undefined) return [];
  const primary = primaryOf(spec);
  const request = nodes.get(primary)?.facts.brokerRequest;
  const key: readonly ResourceSpec[] = [
    { id: ids.cowherdFolder, requires: [], kind: "directory", path: "/etc/cowherd", ...rootOnly, mode: 0o755 },
    {
      id: ids.folder,
      requires: [ids.cowherdFolder],
      kind: "directory",
      path: folder,
      owner: "root",
      group,
      mode: 0o750,
    },
    { id: ids.key, requires: [ids.folder], kind: "tlsKey", path: brokerKeyPath, group },
    ...packageParts(wanted.source),
  ];
  if (certificate === undefined || certificate.request !== request || publisher === undefined) return key;
  return [
    ...key,
    {
      id: ids.server,
      requires: [ids.key, ...(wanted.source.kind === "package" ? [ids.package] : [])],
      kind: "eventBroker",
      cluster: spec.name,
      address: certificate.address,
      port: wanted.port,
      program: wanted.source.kind === "package" ? "/usr/sbin/nats-server" : wanted.source.path,
      certificate: certificate.chain,
      keyPath: brokerKeyPath,
      publisher,
      users: users.map(({ name, key: of }) => ({ name, key: of })),
      storeMegabytes: keep.megabytes + spareMegabytes,
    },
  ];
}

const rootOnly = { owner: "root", group: "root" } as const;

/** For the places of those who listen, which the server keeps beside the stream. */
const spareMegabytes = 64;

function packageParts(source: BrokerSource): readonly ResourceSpec[] {
  if (source.kind === "binary") return [];
  return [{ id: ids.package, requires: [], kind: "packageSet", packages: [source.name], quietUnits: debiansOwn }];
}
