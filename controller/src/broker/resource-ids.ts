import type { Outcome } from "@cowherd/proto";

/** Where the broker's files are on the primary, and where its agent makes the broker's key. */
export const brokerFolder = "/etc/cowherd/nats";
export const brokerKeyPath = `${brokerFolder}/server.key`;

/** The ids of what the primary has for the event broker alone. */
export const brokerResources = {
  cowherdFolder: "events-cowherd-folder",
  folder: "events-folder",
  key: "events-key",
  package: "events-package",
  server: "events-broker",
  stale: "stale-events-broker",
} as const;

const all: ReadonlySet<string> = new Set(Object.values(brokerResources));

/**
 * Tells whether a resource that failed or was skipped is there for the broker alone. A node
 * without a broker is as good as any: others hear of events later, and nothing else changes.
 */
export function isForBroker(outcome: Outcome): boolean {
  return all.has(outcome.resource);
}
