import type { Attempt } from "../network/attempt.ts";
import type { Nic } from "../network/nic.ts";
import type { FileWrite, NetplanFile } from "../network/wanted-files.ts";

/** The machine's network, and changes of it that are confirmed or taken back. */
export interface Network {
  /**
   * Reads how things are. Starts no child process and touches no pending change. Rejects
   * with NetworkUnsettledError as long as one can be neither confirmed nor taken back.
   */
  read(): Promise<NetworkView>;

  /**
   * Makes a change, and resolves once the controller was reached over it. A change that is
   * pending is waited for first.
   *
   * Rejects with NetworkRevertedError once the old configuration is back. Aborting `signal`
   * ends the waiting alone: the change is confirmed or taken back all the same, and also
   * where the agent or the machine goes down meanwhile. Rejects with NetworkUnsettledError
   * where that does not work so far: it is tried further, whoever waits.
   */
  change(change: NetworkChange, signal: AbortSignal): Promise<void>;

  /** Waits for the end of a pending change, as `change` does. Resolves at once where there is none. */
  settle(signal: AbortSignal): Promise<void>;
}

export type NetworkView = {
  /** Whether there is a netplan to manage it with. */
  readonly present: boolean;
  readonly nics: readonly Nic[];
  readonly files: readonly NetplanFile[];
  /** The address of a change that is neither confirmed nor taken back yet. */
  readonly pending: string | undefined;
  readonly last: Attempt | undefined;
  /** Calendar time of this look. */
  readonly nowMs: number;
};

export type NetworkChange = {
  /** Hash of what is asked for and of what is there. */
  readonly change: string;
  /** What is wrong, in words: "files", or how the running network differs. */
  readonly problem: string;
  /** The declared address, in CIDR form. */
  readonly address: string;
  readonly device: string;
  readonly confirmSeconds: number;
  /** All of netplan's files as they were when the change was planned: where one differs meanwhile, nothing is written. */
  readonly found: readonly NetplanFile[];
  readonly writes: readonly FileWrite[];
  /** Originals. One whose path has another content already is kept beside that, with a hash of it in its name. */
  readonly backups: readonly FileWrite[];
};

/** A change was taken back. The message says why, and that the old configuration is in force. */
export class NetworkRevertedError extends Error {
  override readonly name = "NetworkRevertedError";
}

/**
 * A change can be neither confirmed nor taken back so far, such as where a file is immutable
 * or a disk is full. The message says what is in the way; it is tried further.
 */
export class NetworkUnsettledError extends Error {
  override readonly name = "NetworkUnsettledError";
}
