/** What an agent learnt about its machine. */
export type Facts = {
  readonly hostname: string;
  /** /etc/machine-id, to tell clones apart. */
  readonly machineId: string;
  readonly os: OperatingSystem;
  readonly processors: Processors;
  readonly memoryBytes: number;
  readonly interfaces: readonly NetworkInterface[];
  /** "ssh-ed25519 AAAA…", sorted, without comments. */
  readonly hostKeys: readonly string[];
  /** The public keys that the agent made for managed users. */
  readonly userKeys: readonly UserKey[];
  readonly agentVersion: string;
  readonly nfs: NfsAbility;
  /** netplan is installed and has its folder. */
  readonly netplan: boolean;
  /** What starts when somebody types mpirun. Undefined where nothing does. */
  readonly mpirun: MpiLauncher | undefined;
  /** The requests of the TLS keys that the agent made. */
  readonly tlsRequests: readonly TlsRequest[];
};

/** A request for the certificate of the key at `path`: PKCS #10 in DER form, as base64. */
export type TlsRequest = { readonly path: string; readonly csr: string };

/** What the running kernel can do with NFS, its modules loaded or not. */
export type NfsAbility = { readonly server: boolean; readonly client: boolean };

/** The program behind the name mpirun. */
export type MpiLauncher = {
  /** "Open MPI", "MPICH"; of any other, the name of its file. */
  readonly vendor: string;
  /** "4.1.4"; empty where nothing tells it. */
  readonly version: string;
};

/** As /etc/os-release and uname tell. */
export type OperatingSystem = {
  readonly id: string;
  readonly versionId: string;
  readonly kernel: string;
  /** As the kernel names it: "x86_64", "aarch64". */
  readonly architecture: string;
};

/** Four answers to "how many processors", which differ on real machines. */
export type Processors = {
  /** Logical processors that are online. */
  readonly online: number;
  /** Those that a process there may be scheduled on. */
  readonly schedulable: number;
  /** The limit of all processes together in processors, such as 1.5. Undefined where there is none. */
  readonly quota: number | undefined;
  /** Physical cores. */
  readonly cores: number;
};

/** One network interface that is not a loopback. */
export type NetworkInterface = {
  readonly name: string;
  readonly mac: string;
  /** In CIDR form: "192.168.56.11/24". */
  readonly addresses: readonly string[];
};

/** The public key of a managed user. */
export type UserKey = {
  readonly user: string;
  /** "ssh-ed25519 AAAA…", without a comment. */
  readonly key: string;
};
