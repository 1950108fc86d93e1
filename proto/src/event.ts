import type { ProofKind } from "./proof.ts";

/**
 * Something that became different in the cluster, for whoever watches it.
 *
 * Its name is also the middle of its CloudEvents type and of its subject. The schema,
 * event.proto, says of each what it means. Times are milliseconds since 1970.
 */
export type Event =
  | { readonly type: "node.enrolled"; readonly node: string; readonly address: string }
  | { readonly type: ReasonedType; readonly node: string; readonly reason: string }
  | { readonly type: "node.ready"; readonly node: string; readonly slots: number }
  | { readonly type: "node.undrained"; readonly node: string }
  | { readonly type: "node.removed"; readonly node: string }
  | {
      readonly type: "hostfile.published";
      readonly generation: bigint;
      /** Of all nodes that it lists. */
      readonly slots: number;
      readonly added: readonly { readonly node: string; readonly slots: number }[];
      readonly removed: readonly string[];
      readonly changed: readonly SlotsChange[];
    }
  | { readonly type: "run.failed"; readonly node: string; readonly resource: string; readonly reason: string }
  | { readonly type: "run.recovered"; readonly node: string; readonly resource: string }
  | { readonly type: "spec.applied"; readonly added: readonly string[]; readonly removed: readonly string[] }
  | { readonly type: "token.used"; readonly node: string; readonly id: string }
  /** `node` is what the machine takes itself for, and a node's name. */
  | { readonly type: "token.refused"; readonly node: string | undefined; readonly reason: string }
  | { readonly type: "proof.failed"; readonly node: string; readonly proof: ProofKind; readonly reason: string }
  | {
      readonly type: "certificate.renewed" | "certificate.expiring";
      readonly node: string;
      readonly expiresAt: number;
    }
  /** `sequence` is of the event that the hook was run for. */
  | { readonly type: "hook.failed"; readonly hook: string; readonly sequence: bigint; readonly reason: string }
  /** `first` and `last` are sequences, between which some may have been kept. */
  | { readonly type: "events.dropped"; readonly first: bigint; readonly last: bigint; readonly count: bigint };

/** Where a node stands, and why, in one line. */
type ReasonedType =
  | "node.converging"
  | "node.proving"
  | "node.degraded"
  | "node.unreachable"
  | "node.draining"
  | "node.drained"
  | "node.quarantined";

/** The slots of one node in two hostfiles. */
export type SlotsChange = { readonly node: string; readonly before: number; readonly after: number };

export type EventType = Event["type"];

/** As it is kept: `sequence` counts from 1 without gaps, `id` is a ULID, `time` milliseconds since 1970. */
export type KeptEvent = {
  readonly sequence: bigint;
  readonly id: string;
  readonly time: number;
  readonly event: Event;
};

/** Every type, in the order of the schema. */
export const eventTypes = [
  "node.enrolled",
  "node.converging",
  "node.proving",
  "node.ready",
  "node.degraded",
  "node.unreachable",
  "node.draining",
  "node.drained",
  "node.undrained",
  "node.quarantined",
  "node.removed",
  "hostfile.published",
  "run.failed",
  "run.recovered",
  "spec.applied",
  "token.used",
  "token.refused",
  "proof.failed",
  "certificate.renewed",
  "certificate.expiring",
  "hook.failed",
  "events.dropped",
] as const satisfies readonly EventType[];

/** Tells whether a text is the name of an event. */
export function isEventType(text: string): text is EventType {
  return eventTypes.some((type) => type === text);
}

/** The node that an event is about; undefined where it is about none, or about many. */
export function nodeOf(event: Event): string | undefined {
  return "node" in event ? event.node : undefined;
}

/**
 * The NATS subject of an event: "cowherd.CLUSTER.node.ready.secondary1", with "_" in the
 * node's place where it is about none, which no node can be called.
 *
 * Five words, always: "cowherd.lab.node.*.*" is all of nodes, "cowherd.lab.*.*.secondary1" all of one.
 */
export function subjectOf(cluster: string, event: Event): string {
  return `cowherd.${cluster}.${event.type}.${nodeOf(event) ?? "_"}`;
}
