/** What the operator asked for: parsed and with defaults filled in, so every field can be trusted. */
export type ClusterSpec = {
  readonly name: string;
  /** The network that nodes and MPI talk over, as its base address in CIDR form. */
  readonly subnet: string;
  /** The login that owns the keys and runs the ranks, the same on every node. */
  readonly user: UserSpec;
  /** Where the primary keeps the hostfile. */
  readonly hostfile: string;
  /** Debian packages on every node. */
  readonly packages: readonly string[];
  /** The most slots that a node may report; a greater number is refused, not cut. */
  readonly maxSlots: number;
  /** In natural order of their names; exactly one is the primary. */
  readonly nodes: ReadonlyMap<string, NodeSpec>;
};

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
  /** The operator's own number; undefined for what the node reports. */
  readonly slots: number | undefined;
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
