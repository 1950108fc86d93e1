import type { Event, EventType } from "./event.ts";

const expiresAt = Date.UTC(2026, 11, 24, 12);

/** One event of each type. */
export const samples: { readonly [Type in EventType]: Event & { readonly type: Type } } = {
  "node.enrolled": { type: "node.enrolled", node: "secondary1", address: "192.168.56.11" },
  "node.converging": { type: "node.converging", node: "secondary1", reason: "converging" },
  "node.proving": { type: "node.proving", node: "secondary1", reason: "to be proved: login" },
  "node.ready": { type: "node.ready", node: "secondary1", slots: 4 },
  "node.degraded": { type: "node.degraded", node: "secondary1", reason: "packages: no space left" },
  "node.unreachable": { type: "node.unreachable", node: "secondary1", reason: "no sign of life" },
  "node.draining": { type: "node.draining", node: "secondary1", reason: "draining: 2 ranks still run: new fan" },
  "node.drained": { type: "node.drained", node: "secondary1", reason: "drained: new fan" },
  "node.undrained": { type: "node.undrained", node: "secondary1" },
  "node.quarantined": { type: "node.quarantined", node: "secondary1", reason: "cooling down for 4 min" },
  "node.removed": { type: "node.removed", node: "secondary1" },
  "hostfile.published": {
    type: "hostfile.published",
    generation: 7n,
    slots: 12,
    added: [{ node: "secondary1", slots: 4 }],
    removed: [],
    changed: [{ node: "primary", before: 2, after: 8 }],
  },
  "run.failed": { type: "run.failed", node: "secondary1", resource: "packages", reason: "no space left" },
  "run.recovered": { type: "run.recovered", node: "secondary1", resource: "packages" },
  "spec.applied": { type: "spec.applied", added: ["secondary9"], removed: [] },
  "token.used": { type: "token.used", node: "secondary1", id: "a1b2c3d4" },
  "token.refused": { type: "token.refused", node: undefined, reason: "no such token" },
  "proof.failed": { type: "proof.failed", node: "secondary1", proof: "shared-folder", reason: "not mounted" },
  "certificate.renewed": { type: "certificate.renewed", node: "secondary1", expiresAt },
  "certificate.expiring": { type: "certificate.expiring", node: "secondary1", expiresAt },
  "hook.failed": { type: "hook.failed", hook: "notify", sequence: 41n, reason: "it ran for 30 s and was ended" },
  "events.dropped": { type: "events.dropped", first: 3n, last: 900n, count: 890n },
};
