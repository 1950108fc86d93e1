import { type Event, eventTypes } from "@cowherd/proto";
import type { EventText } from "../link/operator-link.ts";
import type { Paint } from "./paint.ts";
import { formatTime } from "./time.ts";

const typeWidth = Math.max(...eventTypes.map((type) => type.length));
const mostNames = 8;

/** Renders an event in one line: when, which, and in words. Pure. */
export function renderEvent(text: EventText, paint: Paint): string {
  const { time, type, node, event } = text;
  const about = node === undefined ? "" : `${node}: `;
  const words = event === undefined ? `${about}this cowctl is too old to know what that is` : wordsOf(event);
  return `${formatTime(time)}  ${paint(styleOf(event), type.padEnd(typeWidth))}  ${words}\n`;
}

function wordsOf(event: Event): string {
  switch (event.type) {
    case "node.enrolled":
      return `${event.node} joined, at ${event.address}`;
    case "node.converging":
      return `${event.node} is on its way: ${event.reason}`;
    case "node.proving":
      return `${event.node} is as it should be; ${event.reason}`;
    case "node.ready":
      return `${event.node} is ready for ${counted(event.slots, "rank")}`;
    case "node.degraded":
      return `${event.node} is degraded: ${event.reason}`;
    case "node.unreachable":
      return `${event.node} is unreachable: ${event.reason}`;
    case "node.draining":
    case "node.drained":
      return `${event.node} is ${event.reason}`;
    case "node.undrained":
      return `${event.node} is let back in`;
    case "node.quarantined":
      return `${event.node} is in quarantine: ${event.reason}`;
    case "node.removed":
      return `${event.node} is out of the cluster`;
    case "hostfile.published":
      return hostfileWords(event);
    case "run.failed":
      return `${event.node}: ${event.resource} failed: ${event.reason}`;
    case "run.recovered":
      return `${event.node}: ${event.resource} fails no more`;
    case "spec.applied":
      return ["another cluster.yaml is in force", ...changedNames(event)].join("; ");
    case "token.used":
      return `token ${event.id} joined a machine as ${event.node}`;
    case "token.refused":
      return `a machine${event.node === undefined ? "" : ` that takes itself for ${event.node}`} was refused: ${event.reason}`;
    case "proof.failed":
      return `${event.node}: ${event.proof} cannot be proved: ${event.reason}`;
    case "certificate.renewed":
      return `${event.node} has a certificate until ${formatTime(new Date(event.expiresAt))}`;
    case "certificate.expiring":
      return `${event.node}'s certificate ends at ${formatTime(new Date(event.expiresAt))}, and its agent has not renewed it`;
    case "hook.failed":
      return `hook ${event.hook} failed for event ${event.sequence}: ${event.reason}`;
    case "events.dropped":
      return `${event.count} events between number ${event.first} and ${event.last} were given up before NATS had got them`;
  }
}

function hostfileWords(event: Extract<Event, { readonly type: "hostfile.published" }>): string {
  const { generation, slots, added, removed, changed } = event;
  const others = changed.map(({ node, before, after }) => `${node} has ${after} in place of ${before}`);
  const names = changedNames({ added: added.map(({ node }) => node), removed });
  return [`generation ${generation} with ${counted(slots, "slot")}`, ...names, ...others.slice(0, mostNames)].join(
    "; ",
  );
}

function changedNames({ added, removed }: { readonly added: readonly string[]; readonly removed: readonly string[] }) {
  return [...named("new", added), ...named("gone", removed)];
}

function named(what: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const more = names.length <= mostNames ? "" : ` and ${names.length - mostNames} more`;
  return [`${what}: ${names.slice(0, mostNames).join(", ")}${more}`];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** As the status paints what the event is about. */
function styleOf(event: Event | undefined): "green" | "yellow" | "red" | "dim" {
  switch (event?.type) {
    case "node.ready":
    case "run.recovered":
      return "green";
    case "node.enrolled":
    case "node.converging":
    case "node.proving":
    case "node.draining":
    case "node.undrained":
    case "hostfile.published":
    case "spec.applied":
      return "yellow";
    case "node.degraded":
    case "node.unreachable":
    case "node.quarantined":
    case "run.failed":
    case "proof.failed":
    case "token.refused":
    case "certificate.expiring":
    case "hook.failed":
    case "events.dropped":
      return "red";
    case "node.drained":
    case "node.removed":
    case "token.used":
    case "certificate.renewed":
    case undefined:
      return "dim";
  }
}
