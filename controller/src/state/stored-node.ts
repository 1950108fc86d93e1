import { type Outcome, proofKinds } from "@cowherd/proto";
import { z } from "zod";
import type { NodeState } from "./cluster-state.ts";
import { newcomer } from "./presence.ts";
import { bigCount, count, orMissing, orUndefined } from "./stored-parts.ts";

const version = { generation: bigCount, revision: z.string() };
const desiredVersion = z.strictObject({ ...version, roster: count });

const outcome: z.ZodType<Outcome> = z.discriminatedUnion("end", [
  z.strictObject({ resource: z.string(), end: z.literal("in-sync") }),
  z.strictObject({ resource: z.string(), end: z.literal("changed"), changes: z.array(z.string()) }),
  z.strictObject({ resource: z.string(), end: z.literal("failed"), reason: z.string() }),
  z.strictObject({ resource: z.string(), end: z.literal("skipped"), because: z.string() }),
]);

const proofRecord = z.strictObject({
  kind: z.enum(proofKinds),
  failure: orUndefined(z.string()),
  answered: z.boolean(),
  at: z.int(),
  durationMs: count,
  basis: z.string(),
  tries: count,
  since: z.int(),
});

/** A node as it is stored, also by earlier versions. */
export const nodeRow: z.ZodType<NodeState> = z.strictObject({
  name: z.string(),
  certificates: z.array(z.string()),
  expiry: orMissing(z.strictObject({ at: z.number(), told: z.boolean() })),
  facts: z.strictObject({
    hostname: z.string(),
    machineId: z.string(),
    os: z.strictObject({ id: z.string(), versionId: z.string(), kernel: z.string(), architecture: z.string() }),
    interfaces: z.array(z.strictObject({ name: z.string(), mac: z.string(), addresses: z.array(z.string()) })),
    agentVersion: z.string(),
    processors: z.strictObject({
      online: count,
      schedulable: count,
      quota: orUndefined(z.number()),
      cores: count,
    }),
    memoryBytes: count,
    hostKeys: z.array(z.string()),
    userKey: orUndefined(z.string()),
    nfs: orMissing(z.strictObject({ server: z.boolean(), client: z.boolean() })),
    netplan: orMissing(z.boolean()),
    mpirun: orMissing(z.strictObject({ vendor: z.string(), version: z.string() })),
    brokerRequest: orMissing(z.string()),
  }),
  refusedFacts: orUndefined(z.string()),
  identityAt: count,
  desired: orUndefined(desiredVersion),
  observed: orUndefined(desiredVersion),
  lastRun: orUndefined(z.strictObject({ ...version, failures: z.array(outcome) })),
  reachable: z.boolean(),
  leasePeriod: count.default(0),
  proofs: z.array(proofRecord).default([]),
  admitted: z.boolean(),
  place: orMissing(count),
  presence: z
    .strictObject({
      admittedAt: count,
      lostAt: orUndefined(count),
      losses: z.array(count),
      coolUntil: count,
    })
    .default({ ...newcomer, lostAt: undefined, losses: [] }),
  drain: orMissing(z.strictObject({ reason: z.string(), deadline: orUndefined(count), ranks: orUndefined(count) })),
});
