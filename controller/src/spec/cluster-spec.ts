/** What the operator asked for: parsed and with defaults filled in, so every field can be trusted. */
export type ClusterSpec = {
  readonly name: string;
  /** The network that nodes and MPI talk over, as its base address in CIDR form. */
  readonly subnet: string;
  /** The login that owns the keys and runs the ranks, the same on every node. */
  readonly user: UserSpec;
  /** What the primary keeps for those who launch ranks. */
  readonly hostfile: HostfileSpec;
  /** Debian packages on every node. */
  readonly packages: readonly string[];
  /** How many ranks a node runs where the spec gives it no number. */
  readonly slots: SlotsSpec;
  /** The most slots that a node may report; a greater number is refused, not cut. */
  readonly maxSlots: number;
  /** How long a node is believed without a sign of life, and what becomes of those that are not. */
  readonly liveness: LivenessSpec;
  /** The NICs through netplan, on the nodes that have it. Undefined where they are left alone. */
  readonly network: NetworkSpec | undefined;
  /** The folder that every node sees. Undefined where none is shared. */
  readonly shared: SharedSpec | undefined;
  /** The cluster user's own Python. Undefined where the machines' is enough. */
  readonly python: PythonSpec | undefined;
  /** What becomes of ranks whose mpirun is gone, on a node that is to be admitted. */
  readonly remnants: RemnantsSpec;
  /** Where others hear of what changes, and how much of it is kept. */
  readonly events: EventsSpec;
  /** In natural order of their names; exactly one is the primary. */
  readonly nodes: ReadonlyMap<string, NodeSpec>;
};

export type HostfileSpec = {
  /** Of the file in Open MPI's form, which is always there. */
  readonly path: string;
  /** Of the files in the form of MPICH and of Intel MPI beside it; undefined for each that is not asked for. */
  readonly mpich: string | undefined;
  readonly intel: string | undefined;
  /** "joined" has the oldest first, which keeps ranks where they are when others come; "natural" goes by the names. */
  readonly order: "joined" | "natural";
  /** Whether the primary runs ranks itself. */
  readonly primary: boolean;
};

export type SlotsSpec = {
  /** "vcores" are the processors that a process there may use, "cores" the physical ones among them at most. */
  readonly per: "vcores" | "cores";
  /** Ranks fewer on the primary, for the shell, NFS and the controller; it keeps one rank at least. */
  readonly reserve: number;
};

export type LivenessSpec = {
  /** How often a node gives a sign of life. */
  readonly heartbeatSeconds: number;
  /** How long one sign of life is good for: more than two heartbeats. */
  readonly leaseSeconds: number;
  /** Of the listed nodes: where more than these fall silent at once, the hostfile stays as it is. 100 for never. */
  readonly holdAbovePercent: number;
  /** The longest that a node which keeps falling silent is held off. Zero for not at all. */
  readonly coolDownSeconds: number;
};

export type NetworkSpec = {
  /** Dotted IPv4, for the NICs that lead out. */
  readonly nameservers: readonly string[];
  /** Within how many seconds the controller must be reached over a new configuration. */
  readonly confirmSeconds: number;
  /** The operator wrote it down: it is a failure where a machine's only way out is that NIC. Otherwise such a machine is left as it is. */
  readonly required: boolean;
};

export type SharedSpec = {
  /** The same on the primary, where the folder lies, and on the others, which mount it. */
  readonly path: string;
  /** A network inside the subnet in CIDR form, or "*" for whoever reaches the primary. */
  readonly clients: string;
  /** Those of exports(5). */
  readonly options: readonly string[];
  /** The operator wrote it down: it is a failure where it cannot be had. Otherwise it is left out there. */
  readonly required: boolean;
};

export type PythonSpec = {
  /** "3.11.8". */
  readonly version: string;
  /** "mpi4py", "click==8.1.7". */
  readonly packages: readonly string[];
  /** Where pyenv comes from, a .tar.gz. */
  readonly pyenvUrl: string;
  /** Of that archive, in lower-case hexadecimal. Undefined where any is taken. */
  readonly pyenvSha256: string | undefined;
  /** Where sources lie by their SHA-256. Undefined for python.org. */
  readonly mirrorUrl: string | undefined;
  /** Undefined for the public index. */
  readonly indexUrl: string | undefined;
  /** Pages or folders with links to packages. */
  readonly findLinks: readonly string[];
};

export type RemnantsSpec = {
  /** They are ended; else they are named alone, and the node waits for whoever ends them. */
  readonly end: boolean;
  /** For how many seconds after they were found they are left alone. */
  readonly graceSeconds: number;
};

export type EventsSpec = {
  readonly broker: BrokerSpec;
  readonly keep: {
    /** What is older is let go. */
    readonly days: number;
    /** Of events in the controller's own log. */
    readonly count: number;
    /** Of the broker's stream. */
    readonly megabytes: number;
  };
};

/** The NATS server that events are published to. */
export type BrokerSpec =
  /** On the primary, made and kept as its other resources are. */
  | { readonly kind: "managed"; readonly source: BrokerSource; readonly port: number }
  /** There already: one server, or several of one cluster. The paths are the primary's. */
  | {
      readonly kind: "given";
      /** "tls://10.0.0.1:4222"; at least one. */
      readonly servers: readonly string[];
      /** The file that says who the controller is there. Undefined where anybody may publish. */
      readonly credentials: string | undefined;
      /** The certificates that the servers' own are signed by. Undefined for those that the machine trusts. */
      readonly ca: string | undefined;
      /** By how many servers each event is kept. */
      readonly replicas: number;
    }
  | { readonly kind: "off" };

/** Where nats-server comes from: a Debian package, or a file that lies on the primary. */
export type BrokerSource =
  | { readonly kind: "package"; readonly name: string }
  | { readonly kind: "binary"; readonly path: string };

export type UserSpec = {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
  readonly groups: readonly string[];
};

export type NodeSpec = {
  readonly name: string;
  /** Dotted IPv4, inside the subnet. */
  readonly address: string;
  readonly role: "primary" | "secondary";
  /** The operator's own number, which nothing is taken from; undefined for what the node reports. */
  readonly slots: number | undefined;
  /** Of the NIC on the cluster's network, in lower case. Undefined for the one that has the address. */
  readonly mac: string | undefined;
};

/** Where and how a spec is wrong. Lines and columns count from 1. */
export type SpecProblem = {
  readonly line: number;
  readonly column: number;
  /** "nodes.vm_1.address"; empty for the document. */
  readonly path: string;
  readonly message: string;
};

/** The document is not one that we can serve. Nothing was changed. `problems` is never empty. */
export class InvalidSpecError extends Error {
  override readonly name = "InvalidSpecError";
  readonly problems: readonly SpecProblem[];

  constructor(problems: readonly SpecProblem[]) {
    super(`invalid cluster spec: ${problems.map(({ path, message }) => `${path}: ${message}`).join("; ")}`);
    this.problems = problems;
  }
}
