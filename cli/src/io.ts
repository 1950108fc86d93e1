import type { ControllerAddress } from "./link/controller-address.ts";
import type { OperatorLink } from "./link/operator-link.ts";

/** One of the two streams that a command writes to: results go to stdout, messages to stderr. */
export type Output = {
  readonly isTerminal: boolean;
  write(text: string): void;
};

export type Clock = {
  /** Milliseconds that never go back; good for differences alone. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
};

/** What cowctl needs of the machine that it makes the primary. Absolute paths. */
export type PrimaryMachine = {
  readonly effectiveUser: number;
  /** In the form of passwd(5). */
  readonly passwd: string;
  readonly controllerProgram: string;
  readonly joinProgram: string;
  readonly systemctl: string;
};

/** All that cowctl touches outside itself, so that a test can hand it another world. */
export type CowctlIo = {
  /** Of cowctl itself. */
  readonly version: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Asks the person at the keyboard and resolves to the line typed; undefined where there is none. */
  readonly ask: ((question: string, signal: AbortSignal) => Promise<string>) | undefined;
  /** Reads all of what is piped in. Rejects with RangeError for more than `most` bytes. */
  readonly readStdin: (most: number) => Promise<Uint8Array>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Where this machine's controller listens. */
  readonly socket: string;
  /** Where this machine's agent says, in one line, which file the hostfile is. */
  readonly hostfilePointer: string;
  readonly openLink: (address: ControllerAddress) => Promise<OperatorLink>;
  readonly machine: PrimaryMachine;
  /** Aborts when the person has had enough. */
  readonly signal: AbortSignal;
};
