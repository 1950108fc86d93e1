/**
 * The machine's mounts of folders of other machines, as /etc/fstab names them (fstab(5)).
 *
 * A server that falls silent blocks whoever touches its mount. So no method touches one but
 * `probe`, and that in a process of its own which is left behind when it does not end. Paths
 * are absolute and plain.
 */
export interface Mounts {
  /** Tells what is mounted at `path`, and what systemd knows of it. Asks the kernel's list and never the mount. */
  look(path: string): Promise<MountPoint>;

  /** Whether an NFS server answers at an IPv4 address, within three seconds. */
  answers(address: string, signal: AbortSignal): Promise<boolean>;

  /**
   * Uses the mount as a rank would: writes, reads back and removes a hidden file, as the
   * folder's owner. Mounts it first where that happens on first use. Ends within thirty seconds.
   *
   * While the last probe of the mount still hangs no other one is started. Nor is one within
   * four minutes of a good one of the same mount, as long as `answers` did not say no.
   */
  probe(path: string, signal: AbortSignal): Promise<MountHealth>;

  /** Takes the file systems that lie over the automount at `path` out of the tree, also where their server is silent. */
  detach(path: string, signal: AbortSignal): Promise<void>;

  /**
   * Brings systemd to what /etc/fstab says, and sets the automount at `path` up anew.
   *
   * Where a file system is mounted already it stays, and the automount comes with the next
   * boot. Rejects with MountError.
   */
  arm(path: string, signal: AbortSignal): Promise<void>;
}

export type MountPoint = {
  /** What is mounted there, the lowest first: an automount lies under what it has mounted. */
  readonly mounted: readonly Mounted[];
  /** What systemd has read of /etc/fstab for this path. Undefined when it knows of no automount. */
  readonly loaded: { readonly source: string; readonly options: string } | undefined;
};

export type Mounted = {
  /** Of the file system: "nfs4", "autofs", "ext4". */
  readonly type: string;
  /** "primary:/home/mpihpc/shared"; of an automount of systemd's "systemd-1". */
  readonly source: string;
  /** Of the server that it was mounted from, where there is one. */
  readonly serverAddress: string | undefined;
};

/**
 * `stale`: the server no longer knows the folder that was mounted. `slow`: no end in time, as
 * after a server's restart. `hung`: so for more than 200 s, over several probes of one mount,
 * while `answers` never said no. `refused`: anything else, such as a mount that did not come about. `reason` is one line.
 */
export type MountHealth =
  | { readonly state: "healthy" }
  | { readonly state: "stale" | "slow" | "hung" | "read-only" | "refused"; readonly reason: string };

/** Something could not be mounted or taken away. The message says what and why, in one line. */
export class MountError extends Error {
  override readonly name = "MountError";
}
