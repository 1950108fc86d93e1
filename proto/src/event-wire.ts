import type { Event, KeptEvent } from "./event.ts";
import { Event as WireEvent, type KeptEvent as WireKeptEvent } from "./gen/cowherd/v1/event.ts";
import { proofKinds } from "./proof.ts";

/** Brings an event into the wire's form. */
export function toWireEvent(event: Event): WireEvent {
  return { kind: toWireKind(event) };
}

function toWireKind(event: Event): NonNullable<WireEvent["kind"]> {
  switch (event.type) {
    case "node.enrolled":
      return { $case: "nodeEnrolled", value: { node: event.node, address: event.address } };
    case "node.converging":
      return { $case: "nodeConverging", value: { node: event.node, reason: event.reason } };
    case "node.proving":
      return { $case: "nodeProving", value: { node: event.node, reason: event.reason } };
    case "node.ready":
      return { $case: "nodeReady", value: { node: event.node, slots: event.slots } };
    case "node.degraded":
      return { $case: "nodeDegraded", value: { node: event.node, reason: event.reason } };
    case "node.unreachable":
      return { $case: "nodeUnreachable", value: { node: event.node, reason: event.reason } };
    case "node.draining":
      return { $case: "nodeDraining", value: { node: event.node, reason: event.reason } };
    case "node.drained":
      return { $case: "nodeDrained", value: { node: event.node, reason: event.reason } };
    case "node.undrained":
      return { $case: "nodeUndrained", value: { node: event.node } };
    case "node.quarantined":
      return { $case: "nodeQuarantined", value: { node: event.node, reason: event.reason } };
    case "node.removed":
      return { $case: "nodeRemoved", value: { node: event.node } };
    case "hostfile.published": {
      const { generation, slots, added, removed, changed } = event;
      const value = { generation, slots, added: [...added], removed: [...removed], changed: [...changed] };
      return { $case: "hostfilePublished", value };
    }
    case "run.failed": {
      const { node, resource, reason } = event;
      return { $case: "runFailed", value: { node, resource, reason } };
    }
    case "run.recovered":
      return { $case: "runRecovered", value: { node: event.node, resource: event.resource } };
    case "spec.applied":
      return { $case: "specApplied", value: { added: [...event.added], removed: [...event.removed] } };
    case "token.used":
      return { $case: "tokenUsed", value: { node: event.node, id: event.id } };
    case "token.refused":
      return { $case: "tokenRefused", value: { node: event.node, reason: event.reason } };
    case "proof.failed": {
      const { node, proof, reason } = event;
      return { $case: "proofFailed", value: { node, proof, reason } };
    }
    case "certificate.renewed":
      return { $case: "certificateRenewed", value: { node: event.node, expiresAt: new Date(event.expiresAt) } };
    case "certificate.expiring":
      return { $case: "certificateExpiring", value: { node: event.node, expiresAt: new Date(event.expiresAt) } };
    case "hook.failed": {
      const { hook, sequence, reason } = event;
      return { $case: "hookFailed", value: { hook, sequence, reason } };
    }
    case "events.dropped": {
      const { first, last, count } = event;
      return { $case: "eventsDropped", value: { first, last, count } };
    }
  }
}

/** Parses an event from the wire. Undefined for one that this version does not know. */
export function parseEvent({ kind }: WireEvent): Event | undefined {
  switch (kind?.$case) {
    case "nodeEnrolled":
      return { type: "node.enrolled", ...kind.value };
    case "nodeConverging":
      return { type: "node.converging", ...kind.value };
    case "nodeProving":
      return { type: "node.proving", ...kind.value };
    case "nodeReady":
      return { type: "node.ready", ...kind.value };
    case "nodeDegraded":
      return { type: "node.degraded", ...kind.value };
    case "nodeUnreachable":
      return { type: "node.unreachable", ...kind.value };
    case "nodeDraining":
      return { type: "node.draining", ...kind.value };
    case "nodeDrained":
      return { type: "node.drained", ...kind.value };
    case "nodeUndrained":
      return { type: "node.undrained", ...kind.value };
    case "nodeQuarantined":
      return { type: "node.quarantined", ...kind.value };
    case "nodeRemoved":
      return { type: "node.removed", ...kind.value };
    case "hostfilePublished":
      return { type: "hostfile.published", ...kind.value };
    case "runFailed":
      return { type: "run.failed", ...kind.value };
    case "runRecovered":
      return { type: "run.recovered", ...kind.value };
    case "specApplied":
      return { type: "spec.applied", ...kind.value };
    case "tokenUsed":
      return { type: "token.used", ...kind.value };
    case "tokenRefused":
      return { type: "token.refused", node: kind.value.node, reason: kind.value.reason };
    case "proofFailed": {
      const proof = proofKinds.find((known) => known === kind.value.proof);
      return proof && { type: "proof.failed", ...kind.value, proof };
    }
    case "certificateRenewed":
      return { type: "certificate.renewed", node: kind.value.node, expiresAt: timeOf(kind.value.expiresAt) };
    case "certificateExpiring":
      return { type: "certificate.expiring", node: kind.value.node, expiresAt: timeOf(kind.value.expiresAt) };
    case "hookFailed":
      return { type: "hook.failed", ...kind.value };
    case "eventsDropped":
      return { type: "events.dropped", ...kind.value };
    case undefined:
      return undefined;
  }
}

/** Brings a kept event into the wire's form. */
export function toWireKeptEvent({ sequence, id, time, event }: KeptEvent): WireKeptEvent {
  return { sequence, id, time: new Date(time), event: toWireEvent(event) };
}

/** Parses a kept event from the wire. Undefined for one of a type that this version does not know. */
export function parseKeptEvent({ sequence, id, time, event }: WireKeptEvent): KeptEvent | undefined {
  const parsed = event && parseEvent(event);
  return parsed && { sequence, id, time: timeOf(time), event: parsed };
}

/** Writes an event as bytes, to be kept. */
export function encodeEvent(event: Event): Uint8Array {
  return WireEvent.encode(toWireEvent(event)).finish();
}

/** Reads what encodeEvent wrote. Undefined for an event that this version does not know. */
export function decodeEvent(bytes: Uint8Array): Event | undefined {
  return parseEvent(WireEvent.decode(bytes));
}

function timeOf(date: Date | undefined): number {
  return date?.getTime() ?? 0;
}
