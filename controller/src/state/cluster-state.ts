import type { Outcome, Proof, ProofKind } from "@cowherd/proto";
import type { ClusterSpec } from "../spec/cluster-spec.ts";

/** All that the controller must not forget. A plain value: copied, never edited. */
export type ClusterState = {
  /** Grows when the store is rebuilt; the first half of every desired state's version. */
  readonly epoch: bigint;
  readonly spec: ClusterSpec;
  /** The machines that joined, by name. A node of the spec without one is absent here. */
  readonly nodes: ReadonlyMap<string, NodeState>;
  /**
   * Grows with every change of any node's identity (its address and keys).
   *
   * One counter in place of a matrix of who knows whom: a node that converged on a state
   * compiled at roster 7 knows every peer whose identity is from 7 or earlier.
   */
  readonly roster: number;
  /**
   * The newest generation of any node's desired state. It never goes back and no two states
   * share one, so that a machine which was removed and joins again is not offered a state
   * that looks older than the one it holds.
   */
  readonly generation: bigint;
  /** What was last published. Undefined until the first node is ready; never with zero entries. */
  readonly hostfile: PublishedHostfile | undefined;
};

export type NodeState = {
  readonly name: string;
  /** SHA-256 fingerprints (lower-case hexadecimal) of the certificates that may speak for it: one, or two during a renewal, newest last. */
  readonly certificates: readonly string[];
  readonly facts: NodeFacts;
  /** Why the newest facts were not taken; undefined when they were. */
  readonly refusedFacts: string | undefined;
  /** The roster in which its identity last changed. */
  readonly identityAt: number;
  /** What it should be. Undefined until the first was compiled. */
  readonly desired: DesiredVersion | undefined;
  /** The newest state that it converged on. Undefined until the first. */
  readonly observed: DesiredVersion | undefined;
  /** How the newest run of any desired state ended. */
  readonly lastRun: RunRecord | undefined;
  /** It holds a lease. */
  readonly reachable: boolean;
  /** Grows with each lease that it gained: what was proved before an absence says nothing after it. */
  readonly leasePeriod: number;
  /** The newest of each kind, stale ones included; at most one a kind, in no order. */
  readonly proofs: readonly ProofRecord[];
  /** It was found fit and nothing has spoken against it since: it is in the hostfile. */
  readonly admitted: boolean;
};

/** Which desired state, and how much of the roster it carries. */
export type DesiredVersion = {
  readonly generation: bigint;
  readonly revision: string;
  readonly roster: number;
};

export type RunRecord = {
  readonly generation: bigint;
  readonly revision: string;
  /** The failed and skipped ones alone; empty means that the run converged. */
  readonly failures: readonly Outcome[];
};

/** One piece of evidence, and what it rests on. */
export type ProofRecord = {
  readonly kind: ProofKind;
  /** Why it does not hold, in one line for people. Undefined where it holds. */
  readonly failure: string | undefined;
  /** Whether an agent said so. One that stays silent, or tells nothing of it, has failed as well. */
  readonly answered: boolean;
  /** When it was told, in milliseconds of the wall clock. */
  readonly at: number;
  readonly durationMs: number;
  /** What was so when it was asked for; see proof-basis.ts. On any other basis it counts for nothing. */
  readonly basis: string;
  /** How often in a row it failed, since the node last told anything new. */
  readonly tries: number;
  /** When it first failed in this row. It is `at` where it holds. */
  readonly since: number;
};

/** What a node says of itself, parsed and within bounds. */
export type NodeFacts = {
  readonly hostname: string;
  readonly machineId: string;
  readonly os: {
    readonly id: string;
    readonly versionId: string;
    readonly kernel: string;
    readonly architecture: string;
  };
  readonly processors: {
    readonly online: number;
    readonly schedulable: number;
    readonly quota: number | undefined;
    readonly cores: number;
  };
  readonly memoryBytes: number;
  /** `addresses` in CIDR form. */
  readonly interfaces: readonly {
    readonly name: string;
    readonly mac: string;
    readonly addresses: readonly string[];
  }[];
  /** "ssh-ed25519 AAAA…", sorted, without comments. */
  readonly hostKeys: readonly string[];
  /** The cluster user's public key. Undefined until the agent has made it. */
  readonly userKey: string | undefined;
  readonly agentVersion: string;
  /** What its kernel can do with NFS. Undefined where its agent never told. */
  readonly nfs: { readonly server: boolean; readonly client: boolean } | undefined;
  /** netplan configures its network. Undefined where its agent never told. */
  readonly netplan: boolean | undefined;
  /** What starts there at the name mpirun. Undefined where nothing does, or nothing did so far. */
  readonly mpirun: MpiLauncher | undefined;
};

export type MpiLauncher = {
  readonly vendor: string;
  /** Empty where the machine could not tell. */
  readonly version: string;
};

export type HostfileEntry = { readonly node: string; readonly slots: number };

export type PublishedHostfile = {
  /** Grows by one with every change of the entries. */
  readonly generation: bigint;
  readonly entries: readonly HostfileEntry[];
};

/** Something that happened. Time and randomness come in as values, so a replay gives the same state. */
export type ClusterEvent =
  | { readonly type: "spec-applied"; readonly spec: ClusterSpec }
  | { readonly type: "node-enrolled"; readonly node: string; readonly certificate: string; readonly facts: NodeFacts }
  | { readonly type: "node-removed"; readonly node: string }
  | { readonly type: "certificate-issued"; readonly node: string; readonly certificate: string }
  | { readonly type: "certificate-used"; readonly node: string; readonly certificate: string }
  | { readonly type: "facts-reported"; readonly node: string; readonly facts: NodeFacts }
  | { readonly type: "facts-refused"; readonly node: string; readonly problem: string }
  | { readonly type: "run-reported"; readonly node: string; readonly run: RunRecord }
  | { readonly type: "lease-gained"; readonly node: string }
  | { readonly type: "lease-lost"; readonly node: string }
  /** `answered` is false where silence is the failure. `at` is in milliseconds of the wall clock. */
  | {
      readonly type: "proofs-reported";
      readonly node: string;
      readonly basis: string;
      readonly proofs: readonly Proof[];
      readonly answered: boolean;
      readonly at: number;
    }
  | { readonly type: "desired-state-set"; readonly node: string; readonly desired: DesiredVersion }
  | { readonly type: "node-admitted"; readonly node: string }
  | { readonly type: "node-withdrawn"; readonly node: string }
  | { readonly type: "hostfile-published"; readonly hostfile: PublishedHostfile };

/** Where a node stands, derived from the state and never stored. */
export type Phase = "absent" | "enrolled" | "converging" | "proving" | "ready" | "degraded" | "unreachable";
