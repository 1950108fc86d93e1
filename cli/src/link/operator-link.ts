import type { Event, Outcome, ProofKind } from "@cowherd/proto";

/** How long a controller may take. */
export type Deadlines = {
  /** For what it knows itself. */
  readonly answerMs: number;
  /** For what it must ask the nodes first. */
  readonly nodesMs: number;
};

/**
 * The controller, as an operator meets it.
 *
 * Every promise settles within a deadline. Failures are the classes of link-error.ts, and
 * nothing else. Names and reasons hold no control characters; the hostfile's text is exact.
 */
export type OperatorLink = Disposable & {
  getVersion(signal: AbortSignal): Promise<ControllerVersion>;
  getStatus(signal: AbortSignal): Promise<ClusterStatus>;
  /** Yields the cluster as it is now, then again after each change and every few seconds; ends when the controller stops or `signal` aborts. */
  watchStatus(signal: AbortSignal): AsyncIterable<ClusterStatus>;
  /** Yields where the list begins, then the events; ends with the last one, or when the controller stops or `signal` aborts. */
  listEvents(query: EventQuery, signal: AbortSignal): AsyncIterable<EventPlace | ListedEvent>;
  /** Tells why a node stands where it stands, and what was proved of it. */
  explainNode(node: string, signal: AbortSignal): Promise<NodeExplanation>;
  /** `spec` is the text of cluster.yaml; empty for the spec that is in force. Touches nothing. */
  plan(spec: string, signal: AbortSignal): Promise<readonly NodePlan[]>;
  /** Replaces the cluster spec, whole or not at all. */
  apply(spec: string, signal: AbortSignal): Promise<AppliedSpec>;
  /** Undefined before the first hostfile. */
  getHostfile(signal: AbortSignal): Promise<PublishedHostfile | undefined>;
  /** Those that are kept, oldest first; the last is in force. */
  listHostfileGenerations(signal: AbortSignal): Promise<readonly HostfileGeneration[]>;
  /** Pins the hostfile to a generation that is kept. */
  rollBackHostfile(generation: bigint, signal: AbortSignal): Promise<PinnedHostfile>;
  /** Pins the hostfile to a text in Open MPI's form. Throws HostfileRefusedError with every problem of it. */
  adoptHostfile(text: string, signal: AbortSignal): Promise<PinnedHostfile>;
  unpinHostfile(signal: AbortSignal): Promise<UnpinnedHostfile>;
  removeNode(node: string, signal: AbortSignal): Promise<void>;
  /** Takes a node out of the hostfile. `deadlineSeconds` is undefined where its ranks may take their time. */
  drainNode(
    node: string,
    reason: string,
    deadlineSeconds: number | undefined,
    signal: AbortSignal,
  ): Promise<DrainedNode>;
  undrainNode(node: string, signal: AbortSignal): Promise<void>;
  /** Ends a quarantine. */
  releaseNode(node: string, signal: AbortSignal): Promise<void>;
  /** Ends the hold of the hostfile; refused where it is not held. */
  releaseHostfile(signal: AbortSignal): Promise<void>;
  /** `lifetimeSeconds` is undefined for the controller's default. */
  createToken(node: string, lifetimeSeconds: number | undefined, signal: AbortSignal): Promise<CreatedToken>;
  listTokens(signal: AbortSignal): Promise<readonly TokenSummary[]>;
  revokeToken(id: string, signal: AbortSignal): Promise<void>;
  /** `request` is PKCS #10 in DER form. */
  issueOperatorCertificate(name: string, request: Uint8Array, signal: AbortSignal): Promise<OperatorCertificate>;
  /** Lets somebody listen to the events, by a public nkey. The same again changes nothing, and tells how it stands then. */
  addEventsUser(name: string, key: string, signal: AbortSignal): Promise<ListeningPlace>;
  listEventsUsers(signal: AbortSignal): Promise<readonly EventsUser[]>;
  removeEventsUser(name: string, signal: AbortSignal): Promise<void>;
};

export type ControllerVersion = { readonly version: string; readonly cluster: string };

/** Where a node stands; "unknown" is a phase that this version does not know. */
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
  | "quarantined"
  | "unknown";

/** The cluster in one look. `-o json` prints it as it is, so its names are part of the interface. */
export type ClusterStatus = {
  readonly cluster: string;
  /** Zero before the first hostfile. */
  readonly hostfileGeneration: bigint;
  /** In natural order of their names. */
  readonly nodes: readonly NodeStatus[];
  /** What holds for the whole cluster and the operator should know, in a line each. */
  readonly notices: readonly string[];
  /** A hostfile with other entries is published within seconds. */
  readonly hostfileDue: boolean;
};

/** Which events are wanted. */
export type EventQuery = {
  /** Those with a greater sequence. Undefined where the next two decide. */
  readonly after: bigint | undefined;
  /** Those of the last so many milliseconds; undefined for all. */
  readonly sinceMs: number | undefined;
  /** Those that come, too; without the two above, those alone. */
  readonly follow: boolean;
  readonly node: string | undefined;
  /** One type, such as "node.ready", or a kind of types, such as "node". */
  readonly type: string | undefined;
};

/** What comes has a greater sequence. */
export type EventPlace = { readonly sequence: bigint; readonly kept: undefined };

export type ListedEvent = { readonly sequence: bigint; readonly kept: EventText };

/** An event, as far as this version understands it. */
export type EventText = {
  readonly time: Date;
  readonly type: string;
  /** Undefined where it is about none. */
  readonly node: string | undefined;
  /** Undefined for an event that this version does not know. */
  readonly event: Event | undefined;
  /** As CloudEvents has it in JSON, in one line that is safe on a terminal. */
  readonly cloudEvent: string;
};

export type NodeStatus = {
  readonly node: string;
  readonly phase: Phase;
  /** Undefined while unknown. */
  readonly slots: number | undefined;
  readonly address: string;
  /** Until the lease ends; undefined without one. */
  readonly leaseMs: number | undefined;
  /** The revision that it converged on last. */
  readonly observedRevision: string | undefined;
  readonly desiredRevision: string | undefined;
  /** Why it is not ready. */
  readonly reason: string | undefined;
  readonly primary: boolean;
  /** What its agent does right now, such as "packages: install openmpi-bin". */
  readonly activity: string | undefined;
};

/** Why a node stands where it stands. `-o json` prints it as it is, so its names are part of the interface. */
export type NodeExplanation = {
  readonly status: NodeStatus;
  /** What speaks against it and what it waits for, in the order in which it is judged; empty for a ready node. */
  readonly obstacles: readonly string[];
  /** The one next step for a person; undefined where there is none. */
  readonly next: string | undefined;
  /** In the order in which they are made. */
  readonly proofs: readonly ProofStatus[];
};

/** The newest proof of a kind; "unknown" stands for what this version does not know. */
export type ProofStatus = {
  readonly kind: ProofKind | "unknown";
  /** "stale": what it rested on is not so any more, so it counts for nothing. */
  readonly result: "missing" | "holds" | "failed" | "stale" | "unknown";
  /** Why it does not hold, or did not. */
  readonly failure: string | undefined;
  /** Undefined where nothing was tried, as are the next two. */
  readonly at: Date | undefined;
  /** By the controller's clock. */
  readonly ageMs: number | undefined;
  readonly durationMs: number | undefined;
  /** How often in a row it failed. */
  readonly tries: number;
};

/** What would change on one node. */
export type NodePlan =
  | { readonly node: string; readonly known: "checked"; readonly outcomes: readonly Outcome[] }
  /** Nobody could look, such as "not joined". */
  | { readonly node: string; readonly known: "nothing"; readonly because: string }
  /** It is in the spec no longer. */
  | { readonly node: string; readonly known: "removed" };

/** Names of nodes, by what became of them. */
export type AppliedSpec = {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
};

/** `listed` where its line is in the hostfile still. */
export type DrainedNode = { readonly listed: boolean };

export type PublishedHostfile = {
  readonly generation: bigint;
  readonly path: string;
  readonly entries: readonly { readonly node: string; readonly slots: number }[];
  /** Byte for byte as on the primary's disk. */
  readonly text: string;
};

export type HostfileGeneration = {
  readonly generation: bigint;
  /** Undefined where nobody noted it. */
  readonly publishedAt: Date | undefined;
  readonly entries: PublishedHostfile["entries"];
};

/** What a pin made of the hostfile. */
export type PinnedHostfile = {
  /** Of the hostfile that is in force now. */
  readonly generation: bigint;
  readonly entries: PublishedHostfile["entries"];
  /** The nodes of the pin that are not fit now, and why. */
  readonly unlisted: readonly { readonly node: string; readonly reason: string }[];
};

export type UnpinnedHostfile = { readonly wasPinned: boolean; readonly generation: bigint };

export type CreatedToken = {
  readonly id: string;
  readonly token: string;
  /** What the machine to join must be able to reach. */
  readonly address: string;
  readonly expiresAt: Date;
};

export type TokenSummary = {
  readonly id: string;
  readonly node: string;
  readonly state: "open" | "used" | "expired" | "unknown";
  readonly expiresAt: Date;
};

/** PEM texts, and where to use them. */
export type OperatorCertificate = {
  readonly certificate: string;
  readonly authority: string;
  readonly address: string;
};

/** Where somebody may listen to a cluster's events. */
export type ListeningPlace = {
  readonly cluster: string;
  /** "tls://192.168.56.10:4222". */
  readonly url: string;
  /** PEM: who vouches for the broker. */
  readonly authority: string;
  /** The name of the stream that holds the history. */
  readonly stream: string;
  /** What must still be before anything is heard there, in words. */
  readonly awaited: string | undefined;
};

/** `key` is a public nkey. */
export type EventsUser = { readonly name: string; readonly key: string; readonly addedAt: Date };
