import type { Outcome, Proof, ProofKind } from "@cowherd/proto";
import type { BrokerEvent, BrokerState } from "../broker/broker-state.ts";
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
  /** The newest place that a node was given; it never goes back. */
  readonly places: number;
  /**
   * Where hostfiles were, and are no more: the primary takes away what Cowherd wrote there.
   * The newest last.
   */
  readonly formerHostfiles: readonly string[];
  /** What was last published. Undefined until the first node is ready; never with zero entries. */
  readonly hostfile: PublishedHostfile | undefined;
  /** The last hostfiles, oldest first and without gaps; the newest is the one above. */
  readonly generations: ReadonlyMap<bigint, HostfileGeneration>;
  /** What the operator holds the hostfile to. Undefined while it follows the nodes. */
  readonly pin: HostfilePin | undefined;
  /** The last edit by hand that the primary's agent took back. Undefined before the first, and once it was adopted. */
  readonly handEdit: HandEdit | undefined;
  /**
   * How long controllers of this cluster have run, in milliseconds, the machine's pauses left
   * out: the clock of every rule that waits. No calendar can move it, and it goes on after a
   * restart from where it was last stored.
   */
  readonly runTime: number;
  /** When the hostfile was published, in running time. */
  readonly publishedAt: number;
  readonly silence: Silence;
  readonly broker: BrokerState;
  /** How far each hook of the spec is, by its name. */
  readonly hooks: ReadonlyMap<string, HookRecord>;
};

/** How far a hook is. Times in milliseconds since 1970. */
export type HookRecord = {
  readonly hook: string;
  /** It was run for, or is not to be run for, every event up to this sequence. */
  readonly done: bigint;
  /** How it failed last, and for which event. Undefined where it ended well since, or never ran. */
  readonly failure: { readonly at: number; readonly sequence: bigint; readonly reason: string } | undefined;
  /** How many events it was not run for because too many came at once, and when that was noted last. */
  readonly skipped: { readonly at: number; readonly count: number } | undefined;
};

/** What is known of nodes that fall silent together. Times in running time. */
export type Silence = {
  /** Earlier losses do not count: they are older than those of the hold, or the operator accepted them. */
  readonly since: number;
  /** Too many fell silent at once: the hostfile stays as it is. */
  readonly held: boolean;
  /** Who still held a lease when the last one ended, and had missed as many signs of life. */
  readonly fading: readonly string[];
  /** By then these have lost their leases too, or are alive. */
  readonly fadingUntil: number;
};

export type NodeState = {
  readonly name: string;
  /** SHA-256 fingerprints (lower-case hexadecimal) of the certificates that may speak for it: one, or two during a renewal, newest last. */
  readonly certificates: readonly string[];
  /** When the newest of them ends. Undefined where a version issued it that noted no such times. */
  readonly expiry: Expiry | undefined;
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
  /**
   * Where it stands among all by when each was first admitted; undefined until then. It
   * keeps the place while it is away, so that its return moves nobody, and with another
   * machine; removed, it gives the place up.
   */
  readonly place: number | undefined;
  readonly presence: Presence;
  /** The operator keeps it out of the hostfile. */
  readonly drain: Drain | undefined;
};

/** `at` is in milliseconds since 1970; `told` says that people were told that it comes near. */
export type Expiry = { readonly at: number; readonly told: boolean };

/** How a node came and went. Times in running time. */
export type Presence = {
  /** When it was admitted last. */
  readonly admittedAt: number;
  /** When it fell silent while it was admitted. Undefined where it never did, or was admitted since. */
  readonly lostAt: number | undefined;
  /** When it lost its lease: what counts against it, oldest first. */
  readonly losses: readonly number[];
  /** Until when it is held off. */
  readonly coolUntil: number;
};

export type Drain = {
  /** The operator's words, in one line. */
  readonly reason: string;
  /** In running time: ranks that still run then are overdue. Undefined where they may take their time. */
  readonly deadline: number | undefined;
  /** How many ranks run there, as its agent told last. Undefined where it has not told. */
  readonly ranks: number | undefined;
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
  /** The request for the event broker's certificate: PKCS #10 as base64. Undefined where its agent has made no key for it. */
  readonly brokerRequest: string | undefined;
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

/** A hostfile with the time at which it was published: milliseconds since 1970, undefined where nobody noted it. */
export type HostfileGeneration = PublishedHostfile & { readonly publishedAt: number | undefined };

/** Entries that the hostfile is held to, in their order, whoever joins. Never without entries. */
export type HostfilePin = {
  readonly entries: readonly HostfileEntry[];
  /** Where they are from. The slots of a generation are what nodes had then; those of an edit are the operator's own. */
  readonly origin: { readonly type: "generation"; readonly generation: bigint } | { readonly type: "edit" };
};

/** `words` says what was edited, in one line; `at` is when it was told, in milliseconds since 1970. */
export type HandEdit = { readonly at: number; readonly words: string };

/** Something that happened. Time and randomness come in as values, so a replay gives the same state. */
export type ClusterEvent =
  | BrokerEvent
  /** `lastEvent` is the newest of the log: hooks that are new are for those after it. */
  | { readonly type: "spec-applied"; readonly spec: ClusterSpec; readonly lastEvent?: bigint }
  /** `expiresAt` is in milliseconds since 1970, left out where it is not known. */
  | {
      readonly type: "node-enrolled";
      readonly node: string;
      readonly certificate: string;
      readonly facts: NodeFacts;
      readonly expiresAt?: number;
    }
  | { readonly type: "node-removed"; readonly node: string }
  | {
      readonly type: "certificate-issued";
      readonly node: string;
      readonly certificate: string;
      readonly expiresAt?: number;
    }
  /** The node's newest certificate ends soon. */
  | { readonly type: "certificate-expiring"; readonly node: string }
  | { readonly type: "certificate-used"; readonly node: string; readonly certificate: string }
  | { readonly type: "facts-reported"; readonly node: string; readonly facts: NodeFacts }
  | { readonly type: "facts-refused"; readonly node: string; readonly problem: string }
  | { readonly type: "run-reported"; readonly node: string; readonly run: RunRecord }
  | { readonly type: "lease-gained"; readonly node: string }
  | { readonly type: "lease-lost"; readonly node: string }
  /** They missed as many signs of life as one whose lease has ended, within a heartbeat. */
  | { readonly type: "nodes-fading"; readonly nodes: readonly string[] }
  /** `deadlineMs` is from now on. */
  | {
      readonly type: "node-drained";
      readonly node: string;
      readonly reason: string;
      readonly deadlineMs: number | undefined;
    }
  | { readonly type: "node-undrained"; readonly node: string }
  | { readonly type: "ranks-counted"; readonly node: string; readonly ranks: number }
  /** The operator believes it again, however often it fell silent. */
  | { readonly type: "node-released"; readonly node: string }
  | { readonly type: "hostfile-held" }
  /** `accepted` by the operator, or else because enough are back. */
  | { readonly type: "hostfile-released"; readonly accepted: boolean }
  /** It is so late now, in running time. */
  | { readonly type: "time-passed"; readonly at: number }
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
  /** `at` is the wall clock's time; left out where nothing is kept of it, as in a preview. */
  | { readonly type: "hostfile-published"; readonly hostfile: PublishedHostfile; readonly at?: number | undefined }
  | { readonly type: "hostfile-pinned"; readonly pin: HostfilePin }
  | { readonly type: "hostfile-unpinned" }
  | { readonly type: "hostfile-edited"; readonly edit: HandEdit }
  /** A hook ended for the event `sequence`; nothing up to `done` is left to do. `failure` is undefined where it ended well. */
  | {
      readonly type: "hook-ended";
      readonly hook: string;
      readonly sequence: bigint;
      readonly done: bigint;
      readonly at: number;
      readonly failure: string | undefined;
      readonly skipped: number;
    };

/** Where a node stands, derived from the state and never stored. */
export type Phase =
  | "absent"
  | "enrolled"
  | "converging"
  | "proving"
  | "ready"
  | "degraded"
  | "unreachable"
  | "draining"
  | "drained"
  | "quarantined";
