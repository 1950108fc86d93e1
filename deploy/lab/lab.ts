/** How one command on a host is run. Without a user it is root. */
export type RunOptions = {
  readonly user?: string;
  /** What the command reads on its standard input. Nothing if absent. */
  readonly input?: string;
  /** After this long everything the command started is killed, and CommandTimedOutError is thrown. */
  readonly timeoutMs?: number;
  /** Added to the environment of a fresh login (HOME, USER, SHELL, PATH, LANG). */
  readonly env?: Readonly<Record<string, string>>;
};

/** How a command ended. One that a signal ended has 128 plus the signal's number, as in a shell. */
export type RunResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** What a new host is given. The address is the cluster's; every host has 10.0.2.15 beside it. */
export type BootOptions = {
  readonly address: string;
  /** How many CPUs the host has. If absent, a container has all of the machine's and a virtual machine has one. */
  readonly cpus?: number;
  /** The folder that its disk starts as; a plain server's if absent. Labs of virtual machines have no choice. */
  readonly rootFileSystem?: string;
  /** The memory of a virtual machine: 1024 if absent. A container has no limit of its own. */
  readonly memoryMiB?: number;
};

/** One machine of a lab: a plain Debian with systemd and sshd, reached without going through its network. */
export interface LabHost {
  readonly name: string;
  /** The address on the cluster's network, such as 192.168.56.11. */
  readonly address: string;
  /**
   * Runs a command as a fresh login would, in the user's home, and waits for it to end.
   * Never rejects because of an exit code. Rejects with CommandTimedOutError, or with the
   * signal's reason once it is aborted; nothing that the command started is alive then.
   */
  run(command: readonly string[], options?: RunOptions, signal?: AbortSignal): Promise<RunResult>;
  /** Runs a command and returns its standard output. Rejects with CommandFailedError if it does not end in 0. */
  check(command: readonly string[], options?: RunOptions, signal?: AbortSignal): Promise<string>;
  /** Runs a command on the caller's own terminal and returns its exit code. */
  attach(command: readonly string[], options?: Pick<RunOptions, "user">): Promise<number>;
  /** Copies one file into the host, parent folders included. The mode is the file's own if absent. */
  copyIn(from: string, to: string, mode?: number): Promise<void>;
  /** Replaces a file of the host, parent folders included. The mode is 0644 if absent. */
  writeFile(path: string, content: string, mode?: number): Promise<void>;
  readFile(path: string): Promise<string>;
  /** Everything in the host dies at once, with no shutdown. Its disk is kept. Harmless if it is off. */
  cutPower(): Promise<void>;
  /**
   * Boots from the same disk. Resolves when systemd is up and sshd answers. Harmless if it is on.
   * A host that was told to shut down or to reboot stays off until this is called.
   */
  powerOn(): Promise<void>;
  /** Shuts the host down in order, from inside, and boots it again. Resolves as `powerOn` does. */
  reboot(): Promise<void>;
  /** Stops every process of the host in its tracks. Resolves when all of them stand still. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Pulls the cable out of the cluster NIC. It stays out until `heal`, through power cuts too. */
  partition(): Promise<void>;
  heal(): Promise<void>;
  /**
   * Gives the host another number of CPUs, as the settings of a hypervisor do: from the next
   * time on that it boots. Throws LabRequestError if it cannot have so many.
   */
  setCpus(cpus: number): Promise<void>;
  /** Cuts the power and destroys the host, its disk and its NICs. */
  remove(): Promise<void>;
}

/** A host with a kernel of its own: its clock, kernel NFS and netplan are a real machine's. */
export interface VmHost extends LabHost {
  /** Sets the clock of the running host. It has the right time again when it next boots. */
  setClock(time: Date): Promise<void>;
}

/** Some hosts on a network of their own, which no packet leaves. */
export interface Lab<Host extends LabHost = LabHost> {
  readonly name: string;
  /** The hosts that were booted and not removed, by name. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** The URL at which hosts reach what the lab serves. */
  readonly url: string;
  /** Makes a host and boots it. Several may be booted at once. Leaves nothing behind if it fails. */
  boot(name: string, options: BootOptions): Promise<Host>;
  /**
   * Makes a host from the disk that a host of the lab has now, running or not, and boots it:
   * the same machine id, SSH host keys and files, but NICs and an address of its own.
   */
  clone(source: string, name: string, options: BootOptions): Promise<Host>;
  /** Serves a file or a folder of this machine to the hosts and returns its URL. A later call replaces it. */
  serve(name: string, path: string): Promise<string>;
  /** Destroys the hosts, the network and all that the lab kept on disk. */
  down(): Promise<void>;
}
