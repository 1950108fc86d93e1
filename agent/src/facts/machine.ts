import type { KernelInterface } from "./network-interfaces.ts";

/** The parts of a machine that facts are read from. */
export interface Machine {
  /** Reads a small text file. Undefined where there is none, or where it is no plain file of at most 256 KiB. */
  readText(path: string): Promise<string | undefined>;
  /** As readText, for a file whose name is in a user's hands: a link is not followed. */
  readUserText(path: string): Promise<string | undefined>;
  /** Lists the names in a folder, none where there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  /** Follows every link to the file that a name stands for. Undefined where there is none. */
  realPath(path: string): Promise<string | undefined>;
  /** The version of an installed Debian package. Undefined where it is not installed. */
  packageVersion(name: string): Promise<string | undefined>;
  /** The running hostname. */
  hostname(): string;
  kernel(): { readonly release: string; readonly architecture: string };
  interfaces(): Promise<readonly KernelInterface[]>;
  /** In bytes. */
  memory(): Promise<number>;
  /** How many processors this process may use: the answer where the kernel's files give none. */
  parallelism(): number;
}
