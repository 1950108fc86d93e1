import { z } from "zod";
import type { LivenessSpec } from "./cluster-spec.ts";
import { mappingError, wholeNumber } from "./schema-parts.ts";

/** Of how long a node is believed without a sign of life. Times in seconds. */
export const livenessFields = z
  .strictObject(
    {
      heartbeat: wholeNumber(1, 60).default(2), // agents wait no longer, whatever they are told
      lease: wholeNumber(3, 600).optional(),
      holdAbove: wholeNumber(1, 100).default(50),
      coolDown: wholeNumber(0, 3600).default(300),
    },
    { error: mappingError("a mapping such as { heartbeat: 2, lease: 7 }") },
  )
  .check(({ value: { heartbeat, lease }, issues }) => {
    const least = 2 * heartbeat + 1;
    if (lease === undefined || lease >= least) return;
    const message = `${lease} seconds are too few for a heartbeat every ${heartbeat}, of which one may get lost: at least ${least}`;
    issues.push({ code: "custom", message, input: lease, path: ["lease"] });
  });

/** Fills in the lease, where none is named, so that two heartbeats may get lost. */
export function livenessOf(fields: z.infer<typeof livenessFields>): LivenessSpec {
  const { heartbeat, lease = 3 * heartbeat + 1, holdAbove, coolDown } = fields;
  return {
    heartbeatSeconds: heartbeat,
    leaseSeconds: lease,
    holdAbovePercent: holdAbove,
    coolDownSeconds: coolDown,
  };
}

/** A node that is cut off is out of the hostfile within 10 s: 7 s of lease, half a second to notice, and a moment to write it. */
export const defaultLiveness: LivenessSpec = livenessOf(livenessFields.parse({}));
