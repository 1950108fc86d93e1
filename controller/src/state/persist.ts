import type { z } from "zod";
import { networkOf, sharedOf } from "../spec/feature-defaults.ts";
import type { ClusterState, HostfileGeneration, NodeState, PublishedHostfile } from "./cluster-state.ts";
import { clusterRow, generationRow } from "./stored-cluster.ts";
import { nodeRow } from "./stored-node.ts";
import type { specRow } from "./stored-spec.ts";

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
 * and before there were events: its cluster is what the same cluster.yaml would be now, the
 * hostfile keeps its order, and of the hostfiles the last one is known. Throws DamagedStateError for anything else.
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
function withFeatures({ network, shared, ...spec }: z.infer<typeof specRow>) {
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
