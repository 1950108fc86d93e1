import { type Outcome, proofKinds } from "@cowherd/proto";
import { z } from "zod";
import type { EventsSpec } from "../spec/cluster-spec.ts";
import { defaultEvents } from "../spec/events-schema.ts";
import { networkOf, sharedOf } from "../spec/feature-defaults.ts";
import { hostfileFields, slotsFields } from "../spec/hostfile-schema.ts";
import { defaultLiveness } from "../spec/liveness-schema.ts";
import type { ClusterState, HostfileGeneration, NodeState, PublishedHostfile } from "./cluster-state.ts";
import { newcomer } from "./presence.ts";
import { nothingSilent } from "./silence.ts";

/** A state as texts to store: one for the cluster, one for each joined node by its name, one for each hostfile that is kept. */
export type StoredState = {
  readonly cluster: string;
  readonly nodes: ReadonlyMap<string, string>;
  /** Oldest first. */
  readonly generations: readonly string[];
};

/** A stored text that is torn, or not ours. `row` is "cluster", "node NAME" or "generation". */
export class DamagedStateError extends Error {
  override readonly name = "DamagedStateError";
  readonly row: string;

  constructor(row: string, problem: string, options?: ErrorOptions) {
    super(`stored state, ${row}: ${problem}`, options);
    this.row = row;
  }
}

/** Writes all but the nodes and the kept hostfiles as one line of JSON. */
export function encodeCluster({
  nodes: _nodes,
  generations: _generations,
  spec,
  hooks,
  ...rest
}: ClusterState): string {
  return JSON.stringify(
    { ...rest, hooks: [...hooks.values()], spec: { ...spec, nodes: [...spec.nodes.values()] } },
    plain,
  );
}

/** Writes one node as one line of JSON. A node that is the same object as before needs no writing. */
export function encodeNode(node: NodeState): string {
  return JSON.stringify(node, plain);
}

/** Writes one of the kept hostfiles as one line of JSON. It never changes. */
export function encodeGeneration(generation: HostfileGeneration): string {
  return JSON.stringify(generation, plain);
}

/** Writes a whole state. */
export function encodeState(state: ClusterState): StoredState {
  const nodes = [...state.nodes].map(([name, node]) => [name, encodeNode(node)] as const);
  const generations = [...state.generations.values()].map(encodeGeneration);
  return { cluster: encodeCluster(state), nodes: new Map(nodes), generations };
}

/**
 * Reads what encodeState wrote, also that of the versions before there were networks, shared
 * folders and Pythons, before there were orders and forms of the hostfile, drains and holds,
 * and before there were events: its cluster is what the same cluster.yaml would be now, the hostfile keeps its order,
 * and of the hostfiles the last one is known. Throws DamagedStateError for anything else.
 */
export function decodeState({ cluster, nodes, generations }: StoredState): ClusterState {
  const { spec: stored, places, ...rest } = decode("cluster", clusterRow, cluster);
  const spec = withFeatures(stored);
  const listed = rest.hostfile?.entries.map(({ node }) => node) ?? [];
  return {
    ...rest,
    generations: decodeGenerations(generations, rest.hostfile),
    places: places ?? listed.length,
    hooks: new Map(rest.hooks.map((record) => [record.hook, record])),
    spec: { ...spec, nodes: new Map(spec.nodes.map((node) => [node.name, node])) },
    nodes: new Map(
      [...nodes].map(([name, text]) => {
        const row = `node ${name}`;
        const node = decode(row, nodeRow, text);
        if (node.name !== name) throw new DamagedStateError(row, `speaks of ${node.name}`);
        if (!spec.nodes.some((wanted) => wanted.name === name)) throw new DamagedStateError(row, "is not in the spec");
        return [name, places === undefined ? { ...node, place: placeIn(listed, name) } : node];
      }),
    ),
  };
}

function decodeGenerations(
  texts: readonly string[],
  last: PublishedHostfile | undefined,
): ReadonlyMap<bigint, HostfileGeneration> {
  const kept = texts.map((text) => decode("generation", generationRow, text));
  const older = last === undefined || kept.length > 0 ? [] : [{ ...last, publishedAt: undefined }];
  return new Map([...older, ...kept].map((one) => [one.generation, one]));
}

/** A version that gave no places listed the nodes by their names: where they stand then is where they stay. */
function placeIn(listed: readonly string[], node: string): number | undefined {
  const index = listed.indexOf(node);
  return index < 0 ? undefined : index + 1;
}

/** Null says that a feature is off; a version that did not know of it wrote nothing. */
function withFeatures({ network, shared, ...spec }: z.infer<typeof clusterRow>["spec"]) {
  const byDefault = sharedOf(undefined, spec.user.home, spec.subnet);
  const free = byDefault?.path === spec.hostfile.path ? undefined : byDefault;
  return {
    ...spec,
    network: network === undefined ? networkOf(undefined) : (network ?? undefined),
    shared: shared === undefined ? free : (shared ?? undefined),
  };
}

/** JSON has neither big integers nor undefined: the one becomes its digits, the other null. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return value === undefined ? null : value;
}

function decode<Row>(row: string, schema: z.ZodType<Row>, text: string): Row {
  const parsed = schema.safeParse(jsonOf(row, text));
  if (parsed.success) return parsed.data;
  const { path = [], message = "" } = parsed.error.issues[0] ?? {};
  throw new DamagedStateError(row, `${path.map(String).join(".")}: ${message}`, { cause: parsed.error });
}

function jsonOf(row: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DamagedStateError(row, "is not whole", { cause });
  }
}

function orUndefined<Value extends z.ZodType>(schema: Value) {
  return schema.nullable().transform((value) => value ?? undefined);
}

/** For what the version before did not write. */
function orMissing<Value extends z.ZodType>(schema: Value) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const count = z.int().nonnegative();
const bigCount = z
  .string()
  .regex(/^\d+$/)
  .transform((digits) => BigInt(digits));

const entries = z.array(z.strictObject({ node: z.string(), slots: count })).min(1);
const hostfile = { generation: bigCount, entries };
const generationRow = z.strictObject({ ...hostfile, publishedAt: orUndefined(z.number()) });

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

const clusterRow = z.strictObject({
  epoch: bigCount,
  spec: z.strictObject({
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
      .array(
        z.strictObject({ run: z.string(), on: z.array(z.string()), seconds: count, user: orUndefined(z.string()) }),
      )
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
  }),
  roster: count,
  generation: bigCount,
  places: count.optional(),
  formerHostfiles: z.array(z.string()).default([]),
  hostfile: orUndefined(z.strictObject(hostfile)),
  pin: orMissing(
    z.strictObject({
      entries,
      origin: z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("generation"), generation: bigCount }),
        z.strictObject({ type: z.literal("edit") }),
      ]),
    }),
  ),
  handEdit: orMissing(z.strictObject({ at: z.number(), words: z.string() })),
  runTime: count.default(0),
  publishedAt: count.default(0),
  silence: z
    .strictObject({ since: count, held: z.boolean(), fading: z.array(z.string()), fadingUntil: count })
    .default({ ...nothingSilent, fading: [] }),
  hooks: z
    .array(
      z.strictObject({
        hook: z.string(),
        done: bigCount,
        failure: orUndefined(z.strictObject({ at: z.number(), sequence: bigCount, reason: z.string() })),
        skipped: orUndefined(z.strictObject({ at: z.number(), count })),
      }),
    )
    .default([]),
  broker: z
    .strictObject({
      publisher: orUndefined(z.string()),
      certificate: orUndefined(
        z.strictObject({
          chain: z.string(),
          request: z.string(),
          node: z.string(),
          address: z.string(),
          issuedAt: z.number(),
        }),
      ),
      users: z.array(z.strictObject({ name: z.string(), key: z.string(), addedAt: z.number() })),
    })
    .default({ publisher: undefined, certificate: undefined, users: [] }),
});

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

const nodeRow: z.ZodType<NodeState> = z.strictObject({
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
