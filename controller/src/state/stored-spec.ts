import { z } from "zod";
import type { EventsSpec } from "../spec/cluster-spec.ts";
import { defaultEvents } from "../spec/events-schema.ts";
import { hostfileFields, slotsFields } from "../spec/hostfile-schema.ts";
import { defaultLiveness } from "../spec/liveness-schema.ts";
import { count, orMissing, orUndefined } from "./stored-parts.ts";

const events: z.ZodType<EventsSpec> = z.strictObject({
  broker: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("managed"),
      source: z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("package"), name: z.string() }),
        z.strictObject({ kind: z.literal("binary"), path: z.string() }),
      ]),
      port: count,
    }),
    z.strictObject({
      kind: z.literal("given"),
      servers: z.array(z.string()).min(1),
      credentials: orUndefined(z.string()),
      ca: orUndefined(z.string()),
      replicas: count,
    }),
    z.strictObject({ kind: z.literal("off") }),
  ]),
  keep: z.strictObject({ days: count, count, megabytes: count }),
});

/** A spec as it is stored, also by versions that knew less of it. */
export const specRow = z.strictObject({
  name: z.string(),
  subnet: z.string(),
  user: z.strictObject({
    name: z.string(),
    uid: count,
    gid: count,
    home: z.string(),
    shell: z.string(),
    groups: z.array(z.string()),
  }),
  hostfile: z.union([
    z.strictObject({
      path: z.string(),
      mpich: orUndefined(z.string()),
      intel: orUndefined(z.string()),
      order: z.enum(["joined", "natural"]),
      primary: z.boolean(),
    }),
    z.string().transform((path) => ({ ...hostfileFields.parse({}), path, mpich: undefined, intel: undefined })),
  ]),
  packages: z.array(z.string()),
  slots: z.strictObject({ per: z.enum(["vcores", "cores"]), reserve: count }).default(slotsFields.parse({})),
  maxSlots: count,
  liveness: z
    .strictObject({
      heartbeatSeconds: count,
      leaseSeconds: count,
      holdAbovePercent: count,
      coolDownSeconds: count,
    })
    .default(defaultLiveness),
  network: z
    .strictObject({
      nameservers: z.array(z.string()),
      confirmSeconds: count,
      required: z.boolean().default(false),
    })
    .nullish(),
  shared: z
    .strictObject({
      path: z.string(),
      clients: z.string(),
      options: z.array(z.string()),
      required: z.boolean(),
    })
    .nullish(),
  python: orMissing(
    z.strictObject({
      version: z.string(),
      packages: z.array(z.string()),
      pyenvUrl: z.string(),
      pyenvSha256: orUndefined(z.string()),
      mirrorUrl: orUndefined(z.string()),
      indexUrl: orUndefined(z.string()),
      findLinks: z.array(z.string()),
    }),
  ),
  remnants: z.strictObject({ end: z.boolean(), graceSeconds: count }).default({ end: true, graceSeconds: 60 }), // as cluster.yaml's own default
  hooks: z
    .array(z.strictObject({ run: z.string(), on: z.array(z.string()), seconds: count, user: orUndefined(z.string()) }))
    .default([]),
  events: events.default(defaultEvents),
  nodes: z.array(
    z.strictObject({
      name: z.string(),
      address: z.string(),
      role: z.enum(["primary", "secondary"]),
      slots: orUndefined(count),
      mac: orMissing(z.string()),
    }),
  ),
});
