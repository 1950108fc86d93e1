import { proofKinds } from "@cowherd/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { settle } from "../reconcile/settle.ts";
import { parseClusterSpec } from "../spec/parse-cluster-spec.ts";
import { clusterSpec, empty, enrolled, given, machine, names, nodeOf, proved, ran } from "./cluster.fixture.ts";
import type { ClusterState, NodeState } from "./cluster-state.ts";
import { DamagedStateError, decodeState, encodeCluster, encodeNode, encodeState } from "./persist.ts";

const joined = settle(given(empty(), ...enrolled("primary"))).state;
const state = proved(given(joined, ran(joined, "primary")));
const stored = encodeState(state);

const version = fc.record({ generation: fc.bigInt({ min: 0n }), revision: fc.string(), roster: fc.nat() });
const failure = fc.oneof(
  fc.record({ resource: fc.string(), end: fc.constant("failed" as const), reason: fc.string() }),
  fc.record({ resource: fc.string(), end: fc.constant("skipped" as const), because: fc.string() }),
  fc.record({ resource: fc.string(), end: fc.constant("changed" as const), changes: fc.array(fc.string()) }),
  fc.record({ resource: fc.string(), end: fc.constant("in-sync" as const) }),
);
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined });
const node = (name: string): fc.Arbitrary<NodeState> =>
  fc.record({
    name: fc.constant(name),
    certificates: fc.array(fc.string()),
    expiry: maybe(fc.record({ at: fc.nat(), told: fc.boolean() })),
    facts: fc
      .record({
        hostname: fc.string(),
        userKey: maybe(fc.string()),
        quota: maybe(fc.double({ min: 0.1, max: 64, noNaN: true })),
        nfs: maybe(fc.record({ server: fc.boolean(), client: fc.boolean() })),
        netplan: maybe(fc.boolean()),
        mpirun: maybe(fc.record({ vendor: fc.string(), version: fc.string() })),
        brokerRequest: maybe(fc.string()),
      })
      .map(({ quota, ...rest }) =>
        machine(name, { ...rest, processors: { online: 1, schedulable: 1, quota, cores: 1 } }),
      ),
    refusedFacts: maybe(fc.string()),
    identityAt: fc.nat(),
    desired: maybe(version),
    observed: maybe(version),
    lastRun: maybe(
      fc.record({ generation: fc.bigInt({ min: 0n }), revision: fc.string(), failures: fc.array(failure) }),
    ),
    reachable: fc.boolean(),
    leasePeriod: fc.nat(),
    proofs: fc.array(
      fc.record({
        kind: fc.constantFrom(...proofKinds),
        failure: maybe(fc.string()),
        answered: fc.boolean(),
        at: fc.integer(),
        durationMs: fc.nat(),
        basis: fc.string(),
        tries: fc.nat(),
        since: fc.integer(),
      }),
    ),
    admitted: fc.boolean(),
    place: maybe(fc.nat()),
    presence: fc.record({
      admittedAt: fc.nat(),
      lostAt: maybe(fc.nat()),
      losses: fc.array(fc.nat()),
      coolUntil: fc.nat(),
    }),
    drain: maybe(fc.record({ reason: fc.string(), deadline: maybe(fc.nat()), ranks: maybe(fc.nat()) })),
  });
const entries = fc.array(fc.record({ node: fc.string(), slots: fc.nat() }), { minLength: 1 });
const generation = fc.record({ generation: fc.bigInt({ min: 0n }), entries, publishedAt: maybe(fc.nat()) });
const pin = fc.record({
  entries,
  origin: fc.oneof(
    fc.record({ type: fc.constant("generation" as const), generation: fc.bigInt({ min: 0n }) }),
    fc.constant({ type: "edit" as const }),
  ),
});
const wholePython = `python: { pyenvSha256: ${"ab".repeat(32)}, mirror: http://m/, index: http://i/ }`;
const wholeHostfile =
  "slots: { per: cores, reserve: 2 }\nhostfile: { order: natural, primary: off, mpich: on, intel: on }";
const someHooks = "hooks: [{ run: notify, on: [node.*] }, { run: queue, on: [hostfile.published], user: mpihpc }]";
const hookRecord = fc.record({
  hook: fc.string(),
  done: fc.bigInt({ min: 0n }),
  failure: maybe(fc.record({ at: fc.nat(), sequence: fc.bigInt({ min: 0n }), reason: fc.string() })),
  skipped: maybe(fc.record({ at: fc.nat(), count: fc.nat() })),
});
const givenBroker = "events: { nats: { url: tls://10.0.0.1, ca: /c }, keep: { days: 1 } }";
const ownBroker = "events: { nats: { binary: /opt/nats-server } }";
const states: fc.Arbitrary<ClusterState> = fc
  .record({
    spec: fc.constantFrom(
      ...[
        "",
        "liveness: { heartbeat: 9 }",
        "network: off\nshared: off",
        "python: {}",
        wholePython,
        wholeHostfile,
        someHooks,
        givenBroker,
        ownBroker,
        "events: { nats: off }",
      ].map((more) => clusterSpec(names, more)),
    ),
    epoch: fc.bigInt({ min: 0n }),
    roster: fc.nat(),
    places: fc.nat(),
    formerHostfiles: fc.array(fc.string()),
    generations: fc.uniqueArray(generation, { selector: (one) => one.generation, minLength: 1 }),
    pin: maybe(pin),
    handEdit: maybe(fc.record({ at: fc.nat(), words: fc.string() })),
    runTime: fc.nat(),
    publishedAt: fc.nat(),
    silence: fc.record({
      since: fc.nat(),
      held: fc.boolean(),
      fading: fc.array(fc.string()),
      fadingUntil: fc.nat(),
    }),
    hooks: fc.uniqueArray(hookRecord, { selector: ({ hook }) => hook }),
    broker: fc.record({
      publisher: maybe(fc.string()),
      certificate: maybe(
        fc.record({
          chain: fc.string(),
          request: fc.string(),
          node: fc.string(),
          address: fc.string(),
          issuedAt: fc.integer(),
        }),
      ),
      users: fc.array(fc.record({ name: fc.string(), key: fc.string(), addedAt: fc.nat() })),
    }),
    primary: maybe(node("primary")),
    secondary: maybe(node("secondary1")),
  })
  .map(({ generations, hooks, primary, secondary, ...rest }) => ({
    ...state,
    ...rest,
    hooks: new Map(hooks.map((one) => [one.hook, one])),
    generations: new Map(generations.map((one) => [one.generation, one])),
    nodes: new Map([primary, secondary].flatMap((some) => (some === undefined ? [] : [[some.name, some]]))),
  }));

describe("a stored state", () => {
  it("is read back as it was written", () => {
    fc.assert(
      fc.property(states, (any) => {
        expect(decodeState(encodeState(any))).toEqual(any);
      }),
    );
  });

  it("is read back without nodes and hostfile", () => {
    expect(decodeState(encodeState(empty()))).toStrictEqual(empty());
  });

  it("has no line breaks", () => {
    expect(encodeCluster(state) + encodeNode(machineNode())).not.toContain("\n");
  });
});

function machineNode(): NodeState {
  const [found] = state.nodes.values();
  if (found === undefined) throw new RangeError("nobody joined");
  return found;
}

describe("a state of the version before networks, shared folders and Pythons", () => {
  const user = `{"name":"ada","uid":7777,"gid":7777,"home":"/home/ada","shell":"/bin/bash","groups":["sudo"]}`;
  const hostfile = (path: string) =>
    `{"epoch":"5","roster":1,"generation":"2","hostfile":null,"spec":{"name":"lab","subnet":"10.1.0.0/16","user":${user},"hostfile":"${path}","packages":["openmpi-bin"],"maxSlots":64,"nodes":[{"name":"primary","address":"10.1.0.1","role":"primary","slots":null}]}}`;
  const facts = `{"hostname":"primary","machineId":"","os":{"id":"debian","versionId":"12","kernel":"6.1","architecture":"x64"},"interfaces":[],"agentVersion":"0.1.0","processors":{"online":2,"schedulable":2,"quota":null,"cores":2},"memoryBytes":1024,"hostKeys":[],"userKey":null}`;
  const primary = `{"name":"primary","certificates":["ab"],"facts":${facts},"refusedFacts":null,"identityAt":1,"desired":null,"observed":null,"lastRun":null,"reachable":false,"admitted":false}`;
  const older = (path = "/home/ada/.cluster_hostfile") =>
    decodeState({ cluster: hostfile(path), nodes: new Map([["primary", primary]]), generations: [] });

  it("is what the same cluster.yaml would be now", () => {
    const text = `name: lab
subnet: 10.1.0.0/16
user: { name: ada }
packages: [openmpi-bin]
maxSlots: 64
nodes: { primary: { address: 10.1.0.1 } }`;
    expect(older().spec).toEqual(parseClusterSpec(text));
  });

  it("shares nothing at the place of its hostfile", () => {
    expect(older("/home/ada/shared").spec).toMatchObject({ shared: undefined, hostfile: { path: "/home/ada/shared" } });
  });

  it("has a network that nobody asked for where it does not say", () => {
    const cluster = encodeCluster(empty()).replace(/,"required":false(?=\},"shared")/, "");
    expect(cluster).not.toBe(encodeCluster(empty()));
    expect(decodeState({ cluster, nodes: new Map(), generations: [] })).toEqual(empty());
  });

  it("keeps of its hostfiles the last one, of which nobody noted the time", () => {
    const last = { generation: 4n, entries: [{ node: "primary", slots: 2 }] };
    const text = hostfile("/home/ada/hosts").replace(
      '"hostfile":null',
      '"hostfile":{"generation":"4","entries":[{"node":"primary","slots":2}]}',
    );
    const read = decodeState({ cluster: text, nodes: new Map(), generations: [] });
    expect([read.hostfile, read.pin, read.handEdit]).toEqual([last, undefined, undefined]);
    expect([...read.generations]).toEqual([[4n, { ...last, publishedAt: undefined }]]);
  });

  it("has facts that tell of nothing new", () => {
    const { nfs, netplan, mpirun } = nodeOf(older(), "primary").facts;
    expect([nfs, netplan, mpirun]).toEqual([undefined, undefined, undefined]);
  });

  it("H31: keeps the order of its hostfile, and gives a node that joins the place behind it", () => {
    const rows = encodeState(state);
    const unplaced = (row: string) => row.replace(/,"place":(\d+|null)/, "");
    const listed = `{"generation":"3","entries":[{"node":"secondary1","slots":2},{"node":"primary","slots":2}]}`;
    const cluster = rows.cluster
      .replace(/,"places":\d+,"formerHostfiles":\[\]/, "")
      .replace(/"hostfile":\{"gen.*?\}\]\}/, `"hostfile":${listed}`);
    const secondary = encodeNode({ ...nodeOf(state, "primary"), name: "secondary1" });
    const [primary = ""] = rows.nodes.values();
    const nodes = new Map([
      ["primary", unplaced(primary)],
      ["secondary1", unplaced(secondary)],
    ]);
    const read = decodeState({ cluster, nodes, generations: [] });
    expect([nodeOf(read, "secondary1").place, nodeOf(read, "primary").place, read.places]).toEqual([1, 2, 2]);
    const bare = decodeState({
      cluster,
      generations: [],
      nodes: new Map([["secondary2", unplaced(primary).replace('"name":"primary"', '"name":"secondary2"')]]),
    });
    expect(nodeOf(bare, "secondary2").place).toBeUndefined();
  });

  it("ends what is left over as the same cluster.yaml would now, and has nodes of which nothing was proved", () => {
    expect(older().spec.remnants).toEqual({ end: true, graceSeconds: 60 });
    expect(nodeOf(older(), "primary")).toMatchObject({ leasePeriod: 0, proofs: [] });
  });

  it("is read back once it was written anew", () => {
    expect(decodeState(encodeState(older()))).toEqual(older());
  });
});

describe("a state of the version before drains and holds", () => {
  const withoutFields = (text: string, ...fields: readonly string[]) => {
    const row: Record<string, unknown> = JSON.parse(text);
    return JSON.stringify(Object.fromEntries(Object.entries(row).filter(([key]) => !fields.includes(key))));
  };

  it("is one in which nobody was drained, held off or missed, and the time begins", () => {
    const calm = settle(given(empty(), ...enrolled("primary"))).state;
    const [cluster, nodes] = [encodeCluster(calm), [...calm.nodes.values()].map(encodeNode)];
    const older = decodeState({
      cluster: withoutFields(cluster, "runTime", "publishedAt", "silence"),
      nodes: new Map(nodes.map((text) => ["primary", withoutFields(text, "presence", "drain")])),
      generations: [],
    });
    expect(older).toEqual({ ...calm, runTime: 0 });
  });
});

describe("a damaged row", () => {
  const rowOf = (damaged: Parameters<typeof decodeState>[0]) => {
    try {
      return decodeState(damaged);
    } catch (error) {
      if (error instanceof DamagedStateError) return error.row;
      throw error;
    }
  };
  const primary = stored.nodes.get("primary") ?? "";
  const withNode = (name: string, text: string) => ({ ...stored, nodes: new Map([[name, text]]) });

  it.each([
    ["torn cluster", { ...stored, cluster: stored.cluster.slice(0, -1) }, "cluster"],
    ["foreign cluster", { ...stored, cluster: "{}" }, "cluster"],
    ["cluster of nothing", { ...stored, cluster: "null" }, "cluster"],
    ["torn node", withNode("primary", primary.slice(0, 40)), "node primary"],
    ["node with a field of a later version", withNode("primary", primary.replace("{", '{"later":1,')), "node primary"],
    ["node under another name", withNode("secondary1", primary), "node secondary1"],
    ["torn generation", { ...stored, generations: ["{"] }, "generation"],
    [
      "generation without entries",
      { ...stored, generations: ['{"generation":"1","entries":[],"publishedAt":null}'] },
      "generation",
    ],
    ["node outside the spec", withNode("x", primary.replace('"name":"primary"', '"name":"x"')), "node x"],
  ])("is named: a %s", (_, damaged, row) => {
    expect(rowOf(damaged)).toBe(row);
  });

  it("is told with the place in it", () => {
    expect(() => decodeState({ ...stored, cluster: stored.cluster.replace('"roster":1', '"roster":-1') })).toThrow(
      /^stored state, cluster: roster: /,
    );
  });
});
