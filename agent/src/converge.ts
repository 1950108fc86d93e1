import type { Outcome, ResourceSpec } from "@cowherd/proto";
import type { Host } from "./host/host.ts";
import { authorizedKeysResource } from "./resources/authorized-keys.ts";
import { directoryResource } from "./resources/directory.ts";
import { eventBrokerResource } from "./resources/event-broker.ts";
import { failureReason } from "./resources/failure-reason.ts";
import { fileResource } from "./resources/file.ts";
import { hostfileResource } from "./resources/hostfile.ts";
import { hostnameResource } from "./resources/hostname.ts";
import { hostsBlockResource } from "./resources/hosts-block.ts";
import { knownHostsResource } from "./resources/known-hosts.ts";
import { mpiParametersResource } from "./resources/mpi-parameters.ts";
import { networkResource } from "./resources/network.ts";
import { nfsExportResource } from "./resources/nfs-export.ts";
import { nfsMountResource } from "./resources/nfs-mount.ts";
import { packageSetResource } from "./resources/package-set.ts";
import { pythonResource } from "./resources/python.ts";
import { pythonPackagesResource } from "./resources/python-packages.ts";
import type { Mode, Resource } from "./resources/resource.ts";
import { sshKeyResource } from "./resources/ssh-key.ts";
import { staleEventBrokerResource } from "./resources/stale-event-broker.ts";
import { staleHostfilesResource } from "./resources/stale-hostfiles.ts";
import { tlsKeyResource } from "./resources/tls-key.ts";
import { userResource } from "./resources/user.ts";

export type { Mode } from "./resources/resource.ts";

/** Is told how a run goes, as it goes. */
export interface RunObserver {
  /** Before each change, "packages: install openmpi-bin", and while slow work goes on, "packages: unpacking, 12 of 120 done". */
  activity(text: string): void;
  /** After each resource. */
  outcome(outcome: Outcome): void;
}

/** The changes were made, and a second look still finds work to do. */
export class NotConvergedError extends Error {
  override readonly name = "NotConvergedError";
}

/**
 * Brings the host to the desired resources, in order, and tells how each ended.
 *
 * A resource that fails takes along those that require it, directly or through others, and
 * nothing else; they name it as the one because of which they were skipped. In check mode the host is not changed. Rejects with the signal's reason
 * when aborted, and for nothing else.
 */
export async function converge(
  resources: readonly ResourceSpec[],
  host: Host,
  mode: Mode,
  signal: AbortSignal,
  observer?: RunObserver,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const broken = new Map<string, string>(); // each failed or skipped id, with the id whose failure is behind it
  for (const spec of resources) {
    const because = spec.requires.map((id) => broken.get(id)).find((id) => id !== undefined);
    const outcome: Outcome =
      because === undefined
        ? await convergeOne(spec, { host, mode, signal, observer })
        : { resource: spec.id, end: "skipped", because };
    if (outcome.end === "failed") broken.set(spec.id, spec.id);
    if (outcome.end === "skipped") broken.set(spec.id, outcome.because);
    outcomes.push(outcome);
    observer?.outcome(outcome);
  }
  return outcomes;
}

/** Lists the files whose change may mean that a resource drifted. Each once. */
export function watchedPaths(resources: readonly ResourceSpec[]): readonly string[] {
  return [...new Set(resources.flatMap((spec) => byKind(spec, (resource, own) => resource.watches(own))))];
}

type Run = {
  readonly host: Host;
  readonly mode: Mode;
  readonly signal: AbortSignal;
  readonly observer: RunObserver | undefined;
};

async function convergeOne(spec: ResourceSpec, run: Run): Promise<Outcome> {
  run.signal.throwIfAborted();
  try {
    const { changes, handEdit } = await byKind(spec, (resource, own) => runResource(resource, own, run));
    if (changes.length === 0) return { resource: spec.id, end: "in-sync" };
    return { resource: spec.id, end: "changed", changes, ...(handEdit !== undefined && { handEdit }) };
  } catch (error) {
    run.signal.throwIfAborted(); // what fails while we are being stopped says nothing about the host
    return { resource: spec.id, end: "failed", reason: failureReason(error) };
  }
}

async function runResource<Spec extends ResourceSpec, Observed, Change>(
  resource: Resource<Spec, Observed, Change>,
  spec: Spec,
  { host, mode, signal, observer }: Run,
): Promise<{ readonly changes: readonly string[]; readonly handEdit: string | undefined }> {
  const changes = resource.plan(spec, await resource.read(spec, host, signal, mode));
  if (mode === "apply" && changes.length > 0) {
    for (const change of changes) {
      signal.throwIfAborted();
      observer?.activity(`${spec.id}: ${resource.describe(change)}`);
      await resource.apply(change, host, signal, (text) => observer?.activity(`${spec.id}: ${text}`));
    }
    const left = resource.plan(spec, await resource.read(spec, host, signal, mode));
    if (left.length > 0) throw new NotConvergedError(`still to do: ${left.map(resource.describe).join(", ")}`);
  }
  const handEdit = changes.map((change) => resource.handEdit?.(change)).find((words) => words !== undefined);
  return { changes: changes.map(resource.describe), handEdit };
}

function byKind<Result>(
  spec: ResourceSpec,
  use: <Spec extends ResourceSpec, Observed, Change>(resource: Resource<Spec, Observed, Change>, spec: Spec) => Result,
): Result {
  switch (spec.kind) {
    case "hostname":
      return use(hostnameResource, spec);
    case "hostsBlock":
      return use(hostsBlockResource, spec);
    case "user":
      return use(userResource, spec);
    case "sshKey":
      return use(sshKeyResource, spec);
    case "authorizedKeys":
      return use(authorizedKeysResource, spec);
    case "knownHosts":
      return use(knownHostsResource, spec);
    case "packageSet":
      return use(packageSetResource, spec);
    case "mpiParameters":
      return use(mpiParametersResource, spec);
    case "directory":
      return use(directoryResource, spec);
    case "file":
      return use(fileResource, spec);
    case "hostfile":
      return use(hostfileResource, spec);
    case "nfsExport":
      return use(nfsExportResource, spec);
    case "nfsMount":
      return use(nfsMountResource, spec);
    case "network":
      return use(networkResource, spec);
    case "python":
      return use(pythonResource, spec);
    case "pythonPackages":
      return use(pythonPackagesResource, spec);
    case "staleHostfiles":
      return use(staleHostfilesResource, spec);
    case "tlsKey":
      return use(tlsKeyResource, spec);
    case "eventBroker":
      return use(eventBrokerResource, spec);
    case "staleEventBroker":
      return use(staleEventBrokerResource, spec);
  }
}
