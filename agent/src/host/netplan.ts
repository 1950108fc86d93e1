import type { IpCommand } from "../network/live-repairs.ts";
import type { LiveState } from "../network/live-state.ts";
import type { Nic } from "../network/nic.ts";
import type { NetplanFile } from "../network/wanted-files.ts";
import type { StoredFile } from "./files.ts";

/** Netplan's files, the running network, and netplan(8) itself. Looking starts no child process, but for `live`. */
export interface Netplan {
  /** Tells whether netplan is there to be asked. */
  present(): Promise<boolean>;

  nics(): Promise<readonly Nic[]>;

  /**
   * Reads every file that netplan reads, in its order: by name, and of those with one name
   * the one in /run/netplan, before /etc/netplan, before /lib/netplan.
   */
  files(): Promise<readonly NetplanFile[]>;

  /** Reads any file. Undefined where there is none. */
  read(path: string): Promise<StoredFile | undefined>;

  /** As Files.replace. */
  replace(path: string, file: StoredFile): Promise<void>;

  /** Removes a file, harmlessly where there is none. On return that survives a power cut. */
  remove(path: string): Promise<void>;

  /** Has netplan read the files, and puts nothing in force. Rejects with NetplanError and netplan's own reason. */
  generate(attempt: string, signal: AbortSignal): Promise<void>;

  /**
   * Puts the files in force. It goes on when the agent ends; a second call with the same
   * `attempt` joins it. Rejects with NetplanError after `timeoutSeconds`, or with netplan's own reason.
   */
  apply(attempt: string, timeoutSeconds: number, signal: AbortSignal): Promise<void>;

  /** Asks ip(8) for the addresses and routes that are in force. */
  live(signal: AbortSignal): Promise<LiveState>;

  /** Tells ip(8) something about the running network. Rejects with CommandError. */
  tell(command: IpCommand, signal: AbortSignal): Promise<void>;
}

/** Netplan did not do what it was asked for. The message has its reason, in one line. */
export class NetplanError extends Error {
  override readonly name = "NetplanError";
}
