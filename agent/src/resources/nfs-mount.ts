import { posix } from "node:path";
import type { SpecOf } from "@cowherd/proto";
import type { Standing, StoredFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import type { Mounted, MountHealth, MountPoint } from "../host/mounts.ts";
import { fstabWith, ownSource } from "./fstab.ts";
import { refuseLinks } from "./refuse-links.ts";
import { ConflictError, type Mode, type Resource } from "./resource.ts";
import { isSharePath } from "./share-path.ts";
import { guard, isAddress, isNodeName } from "./spec-guard.ts";

type Spec = SpecOf<"nfsMount">;

type Observed = {
  readonly stored: StoredFile | undefined;
  readonly point: MountPoint;
  /** What is at the path where nothing is mounted. */
  readonly bare: { readonly standing: Standing | undefined; readonly lying: readonly string[] } | undefined;
  /** How the right folder is doing where it is mounted or would be on first use, if it was asked. */
  readonly health: MountHealth | { readonly state: "silent" } | undefined;
};

type Change =
  | { readonly action: "detach"; readonly path: string; readonly what: string }
  | { readonly action: "make-folder"; readonly path: string }
  | { readonly action: "write"; readonly file: StoredFile }
  | { readonly action: "arm"; readonly path: string };

/** The mount is as it was asked for and does not work. The message says why, in one line; the next run looks again. */
export class MountUnwellError extends Error {
  override readonly name = "MountUnwellError";
}

const fstabPath = "/etc/fstab";
const fewNames = 4;
const ownOfSystemd = /^(x-systemd\..*|nofail|_netdev)$/;

/**
 * How the folder is mounted: nfs(5), systemd.mount(5).
 *
 * - `hard`: a server that falls silent makes ranks wait, and they go on when it is back. With
 *   `soft` or `softerr` their writes would fail or be lost in the middle of a job, mostly unnoticed.
 *   What waits can be killed, and nothing of Cowherd's waits with it.
 * - `nfsvers=4.2`: one TCP connection and no rpc.statd, whose start can close a ring of units
 *   at boot; a request repeated after a break is done once (sessions).
 * - `timeo=100,retrans=3`: a connection that died silently is dropped after 40 s and not after
 *   three minutes. With `hard` over TCP nothing else depends on it.
 * - `nosuid,nodev`: the root of one node makes no root programs for another.
 * - `nofail`, `_netdev`, `x-systemd.automount`: no boot waits for it, in whatever order the
 *   machines start; it is mounted on first use, which fails after `x-systemd.mount-timeout`
 *   seconds. The same bounds what a shutdown waits for a silent server.
 */
export const mountOptions =
  "nfsvers=4.2,hard,timeo=100,retrans=3,nosuid,nodev,_netdev,nofail,x-systemd.automount,x-systemd.mount-timeout=30";

/**
 * A folder of another machine in /etc/fstab and in the tree, and whether it works.
 *
 * What is mounted from the right server stays, however it was mounted: jobs may run in it.
 * What Cowherd mounted from a server that has another address now, what is stale, and what
 * hangs although its server answers for longer than any grace period is taken out of the tree
 * and mounted afresh; programs that hold files in it keep them. A server that is silent or slow
 * is waited for, since the mount goes on by itself. Nothing is mounted over files, and nobody's mount is taken away.
 */
export const nfsMountResource: Resource<Spec, Observed, Change> = {
  async read(spec, host, signal, mode = "apply") {
    guardSpec(spec);
    await refuseLinks(spec.path, host.files, posix.dirname(spec.path)); // what is at the path itself may be a mount that hangs
    const point = await host.mounts.look(spec.path);
    return {
      stored: await host.files.read(fstabPath),
      point,
      bare: point.mounted.length === 0 ? await readBare(spec.path, host) : undefined,
      health: isRight(point.mounted, spec) ? await readHealth(spec, host, signal, mode) : undefined,
    };
  },

  plan(spec, { stored, point, bare, health }) {
    guardSpec(spec);
    const { path } = spec;
    const before = stored?.content.toString("latin1") ?? "";
    const line = { source: sourceOf(spec), path, options: mountOptions };
    const after = fstabWith(before, line, sourcesOf(spec));
    const former = ownSource(before, path);
    refuseForeign(point.mounted, spec, former);
    refuseLying(bare, path);

    const changes: Change[] = [];
    if (!isRight(point.mounted, spec) && point.mounted.length > 0)
      changes.push({ action: "detach", path, what: `mount of ${point.mounted.at(-1)?.source}` });
    else if (health?.state === "stale" || health?.state === "hung")
      changes.push({ action: "detach", path, what: `${health.state} mount` });
    if (bare !== undefined && bare.standing === undefined) changes.push({ action: "make-folder", path });
    if (after !== before) {
      const { mode, uid, gid } = stored ?? { mode: 0o644, uid: 0, gid: 0 };
      changes.push({ action: "write", file: { content: Buffer.from(after, "latin1"), mode, uid, gid } });
    }
    if (changes.length > 0 || !isLoaded(point.loaded, line.source) || point.mounted.length === 0)
      changes.push({ action: "arm", path });
    if (changes.length === 0) requireHealth(health, spec);
    return changes;
  },

  async apply(change, host, signal) {
    switch (change.action) {
      case "detach":
        return host.mounts.detach(change.path, signal);
      case "make-folder":
        return host.files.makeFolder(change.path, { mode: 0o755, uid: 0, gid: 0 }); // nobody but root writes beneath the mount
      case "write":
        return host.files.replace(fstabPath, change.file);
      case "arm":
        return host.mounts.arm(change.path, signal);
    }
  },

  describe(change) {
    switch (change.action) {
      case "detach":
        return `take the ${change.what} out of ${change.path}`;
      case "make-folder":
        return `make folder ${change.path}`;
      case "write":
        return `write ${fstabPath}`;
      case "arm":
        return `set up the automount at ${change.path}`;
    }
  },

  watches: () => [fstabPath],
};

function guardSpec({ server, serverAddress, remotePath, path }: Spec): void {
  guard(isNodeName(server), () => `${JSON.stringify(server)} is not a node's name`);
  guard(isAddress(serverAddress), () => `${JSON.stringify(serverAddress)} is not an address`);
  for (const folder of [remotePath, path])
    guard(isSharePath(folder), () => `${JSON.stringify(folder)} is not a folder that can be mounted`);
}

function sourceOf({ server, remotePath }: Spec): string {
  return `${server}:${remotePath}`;
}

/** systemd need not repeat the options that are for itself alone: which it does is another matter in each version. */
function isLoaded(loaded: MountPoint["loaded"], source: string): boolean {
  const forMount = (options: string) => options.split(",").filter((option) => !ownOfSystemd.test(option));
  return loaded?.source === source && forMount(loaded.options).join() === forMount(mountOptions).join();
}

/** By name, as the manual has it, and by address. */
function sourcesOf({ server, serverAddress, remotePath }: Spec): readonly string[] {
  return [server, serverAddress].map((name) => `${name}:${remotePath}`);
}

/** Only where nothing is mounted, or the agent itself would touch what can hang. */
async function readBare(path: string, host: Host): Promise<Observed["bare"]> {
  await refuseLinks(path, host.files);
  const standing = await host.files.stat(path);
  return { standing, lying: (await host.files.list(path)) ?? [] };
}

/** As many looks of 30 s as a server's grace period of 90 s takes, and one to see it over. */
const mostLooks = 4;

/**
 * The server is asked first: while it is silent nothing is started that could hang. A check
 * asks nothing more, since a probe mounts and writes.
 *
 * A server that answers and lets nobody open a file has mostly just started. It is looked at until
 * its grace period must be over: what goes by itself is no failure that takes a node out.
 */
async function readHealth(
  { serverAddress, path }: Spec,
  host: Host,
  signal: AbortSignal,
  mode: Mode,
): Promise<Observed["health"]> {
  for (let look = 1; ; look += 1) {
    if (!(await host.mounts.answers(serverAddress, signal))) return { state: "silent" };
    if (mode === "check") return undefined;
    const health = await host.mounts.probe(path, signal);
    if (health.state !== "slow" || look === mostLooks) return health;
  }
}

function isNfs({ type }: Mounted): boolean {
  return /^nfs4?$/.test(type);
}

function isAutomount({ type, source }: Mounted): boolean {
  return type === "autofs" && source === "systemd-1";
}

/** Whether what a program meets at the path is the right folder, or an automount that brings it. */
function isRight(mounted: readonly Mounted[], spec: Spec): boolean {
  const top = mounted.at(-1);
  if (top === undefined) return false;
  if (isAutomount(top)) return true;
  const isFrom = top.serverAddress === undefined || top.serverAddress === spec.serverAddress;
  return isNfs(top) && sourcesOf(spec).includes(top.source) && isFrom;
}

/** `former` is what Cowherd's block mounted there so far, and so is Cowherd's to take away. */
function refuseForeign(mounted: readonly Mounted[], spec: Spec, former: string | undefined): void {
  const top = mounted.at(-1);
  if (top === undefined || isRight(mounted, spec)) return;
  if (isNfs(top) && (top.source === former || sourcesOf(spec).includes(top.source))) return;
  throw new ConflictError(
    `${top.source} (${top.type}) is mounted at ${spec.path}, where the cluster wants ${sourceOf(spec)}: unmount it, or name another shared.path in cluster.yaml`,
  );
}

function refuseLying(bare: Observed["bare"], path: string): void {
  if (bare?.standing === undefined) return;
  if (bare.standing.type !== "folder")
    throw new ConflictError(`${path} is not a folder, and nothing can be mounted there`);
  if (bare.lying.length === 0) return;
  const names = bare.lying.toSorted().slice(0, fewNames).join(", ");
  const more = bare.lying.length > fewNames ? " and more" : "";
  throw new ConflictError(
    `${path} holds files of this machine, which the mount would hide: ${names}${more}; move them away, into the shared folder once it is mounted`,
  );
}

function requireHealth(health: Observed["health"], { server, serverAddress, path }: Spec): void {
  if (health === undefined || health.state === "healthy") return;
  if (health.state === "silent")
    throw new MountUnwellError(
      `${server} (${serverAddress}) does not answer as an NFS server; ${path} works again as soon as it does`,
    );
  if (health.state === "slow")
    throw new MountUnwellError(
      `${server} (${serverAddress}) is slow, for longer than a grace period after a restart: in ${path} ${health.reason}`,
    );
  throw new MountUnwellError(`${path} is mounted from ${server} and does not work: ${health.reason}`);
}
