import { describe, expect, it } from "vitest";
import { settle } from "../reconcile/settle.ts";
import { clusterSpec, empty, enrolled, given, machine, names, nodeOf, proved, ran } from "./cluster.fixture.ts";
import type { ClusterEvent } from "./cluster-state.ts";

const desired = (generation: bigint, revision = `r${generation}`) => ({
  generation,
  revision,
  roster: Number(generation),
});
const set = (generation: bigint): ClusterEvent => ({
  type: "desired-state-set",
  node: "primary",
  desired: desired(generation),
});
const run = (generation: bigint, reason?: string, revision = `r${generation}`): ClusterEvent => ({
  type: "run-reported",
  node: "primary",
  run: { generation, revision, failures: reason === undefined ? [] : [{ resource: "user", end: "failed", reason }] },
});
const joined = given(empty(), ...enrolled("primary"));
const ready = proved(given(settle(joined).state, ran(settle(joined).state, "primary")));

describe("an event about a node that nobody joined as", () => {
  it.each<ClusterEvent>([
    { type: "node-enrolled", node: "stranger", certificate: "c", facts: machine("stranger") },
    { type: "node-removed", node: "secondary1" },
    { type: "certificate-issued", node: "secondary1", certificate: "c" },
    { type: "certificate-used", node: "secondary1", certificate: "c" },
    { type: "certificate-expiring", node: "secondary1" },
    { type: "facts-reported", node: "secondary1", facts: machine("secondary1") },
    { type: "facts-refused", node: "secondary1", problem: "p" },
    { type: "run-reported", node: "secondary1", run: { generation: 1n, revision: "r", failures: [] } },
    { type: "lease-gained", node: "secondary1" },
    { type: "lease-lost", node: "secondary1" },
    { type: "node-drained", node: "secondary1", reason: "r", deadlineMs: undefined },
    { type: "node-undrained", node: "secondary1" },
    { type: "ranks-counted", node: "secondary1", ranks: 3 },
    { type: "node-released", node: "secondary1" },
    { type: "desired-state-set", node: "secondary1", desired: desired(1n) },
    { type: "node-admitted", node: "secondary1" },
    { type: "node-withdrawn", node: "secondary1" },
  ])("changes nothing: $type", (event) => {
    expect(given(joined, event)).toBe(joined);
  });
});

describe("H31: the place of a node", () => {
  const admit = (node: string): ClusterEvent => ({ type: "node-admitted", node });
  const two = given(joined, ...enrolled("secondary2"), admit("secondary2"), admit("primary"));
  const places = (state: typeof two) => [...state.nodes.values()].map(({ name, place }) => [name, place]);

  it("is given with the first admission, and to nobody twice", () => {
    expect(nodeOf(joined, "primary").place).toBeUndefined();
    expect(places(two)).toEqual([
      ["primary", 2],
      ["secondary2", 1],
    ]);
    const gone = given(two, { type: "node-removed", node: "primary" }, ...enrolled("primary"), admit("primary"));
    expect(places(gone)).toEqual([
      ["secondary2", 1],
      ["primary", 3],
    ]);
  });

  it("stays through absences, and with another machine or other keys", () => {
    const back = given(two, { type: "node-withdrawn", node: "secondary2" }, admit("secondary2"));
    const anew: ClusterEvent = {
      type: "node-enrolled",
      node: "secondary2",
      certificate: "c",
      facts: machine("secondary2"),
    };
    const keys: ClusterEvent = {
      type: "facts-reported",
      node: "secondary2",
      facts: machine("secondary2", { hostKeys: [] }),
    };
    for (const state of [back, given(two, anew, admit("secondary2")), given(two, keys, admit("secondary2"))])
      expect(places(state)).toEqual(places(two));
  });
});

describe("the places where hostfiles were", () => {
  const apply = (more: string): ClusterEvent => ({ type: "spec-applied", spec: clusterSpec(names, more) });
  const [path, other] = ["/home/mpihpc/.cluster_hostfile", "/home/mpihpc/other"];
  const former = (...specs: readonly string[]) => given(joined, ...specs.map(apply)).formerHostfiles;

  it("are remembered once another spec asks for none there, the newest last", () => {
    expect(former("hostfile: { mpich: on, intel: on }")).toEqual([]);
    expect(former("hostfile: { mpich: on, intel: on }", "hostfile: { intel: on }")).toEqual([`${path}.mpich`]);
    expect(former("hostfile: { mpich: on }", "", `hostfile: ${other}`)).toEqual([`${path}.mpich`, path]);
  });

  it("are forgotten once they are asked for again", () => {
    expect(former(`hostfile: ${other}`)).toEqual([path]);
    expect(former(`hostfile: ${other}`, "")).toEqual([other]);
  });

  it("are sixteen at most, the newest", () => {
    const many = former(...Array.from({ length: 20 }, (_, at) => `hostfile: ${other}${at}`));
    expect(many).toHaveLength(16);
    expect(many.at(-1)).toBe(`${other}18`);
  });
});

describe("an event that tells nothing new", () => {
  it.each<ClusterEvent>([
    ...enrolled("primary"),
    { type: "certificate-issued", node: "primary", certificate: "certificate of primary" },
    { type: "certificate-used", node: "primary", certificate: "certificate of primary" },
    { type: "facts-reported", node: "primary", facts: machine("primary") },
    ran(ready, "primary"),
    set(1n),
    { type: "node-undrained", node: "primary" },
    { type: "node-released", node: "primary" },
    { type: "hostfile-released", accepted: true },
    { type: "time-passed", at: 0 },
    { type: "node-admitted", node: "primary" },
    { type: "hostfile-published", hostfile: { generation: 1n, entries: [{ node: "primary", slots: 2 }] } },
  ])("returns the very same state: $type", (event) => {
    const state = settle(given(ready, ran(ready, "primary"))).state;
    const again = event.type === "run-reported" ? ran(state, "primary") : event;
    expect(given(state, again)).toBe(state);
  });

  it("returns the very same state for a second loss, refusal and withdrawal", () => {
    const lost = given(
      joined,
      { type: "lease-lost", node: "primary" },
      { type: "facts-refused", node: "primary", problem: "p" },
    );
    expect(given(lost, { type: "lease-lost", node: "primary" })).toBe(lost);
    expect(given(lost, { type: "facts-refused", node: "primary", problem: "p" })).toBe(lost);
    expect(given(lost, { type: "node-withdrawn", node: "primary" })).toBe(lost);
  });
});

describe("a machine that joins as a node that has one already", () => {
  const again = given(ready, { type: "node-enrolled", node: "primary", certificate: "new", facts: machine("primary") });

  it("replaces the certificates and must be found fit anew", () => {
    expect(nodeOf(again, "primary")).toMatchObject({
      certificates: ["new"],
      reachable: false,
      admitted: false,
      observed: undefined,
      lastRun: undefined,
    });
  });

  it("lets no generation be given twice, so that no desired state looks older than one it may hold", () => {
    expect(again.generation).toBe(ready.generation);
    expect(again.generation).toBeGreaterThan(0n);
  });
});

it("forgets a removed node", () => {
  const { nodes, generation } = given(ready, { type: "node-removed", node: "primary" });
  expect(nodes.size).toBe(0);
  expect(generation).toBe(ready.generation);
});

describe("certificates", () => {
  const issue = (certificate: string): ClusterEvent => ({ type: "certificate-issued", node: "primary", certificate });
  const use = (certificate: string): ClusterEvent => ({ type: "certificate-used", node: "primary", certificate });
  const certificates = (...events: readonly ClusterEvent[]) => nodeOf(given(joined, ...events), "primary").certificates;

  it("are two during a renewal, of which the older ends with the use of the newer", () => {
    expect(certificates(issue("b"))).toEqual(["certificate of primary", "b"]);
    expect(certificates(issue("b"), use("certificate of primary"))).toEqual(["certificate of primary", "b"]);
    expect(certificates(issue("b"), use("b"))).toEqual(["b"]);
  });

  it("have the end of the newest, of which it is told once", () => {
    const expiry = (...events: readonly ClusterEvent[]) => nodeOf(given(joined, ...events), "primary").expiry;
    const next = { type: "certificate-issued", node: "primary", certificate: "b", expiresAt: 7_000 } as const;
    const told = { type: "certificate-expiring", node: "primary" } as const;
    expect([expiry(), expiry(told)]).toEqual([undefined, undefined]);
    expect([expiry(next), expiry(next, use("b"))]).toEqual(Array(2).fill({ at: 7_000, told: false }));
    expect(expiry(next, told, told)).toEqual({ at: 7_000, told: true });
    expect(expiry(next, told, { ...next, certificate: "c", expiresAt: 9_000 })).toEqual({
      at: 9_000,
      told: false,
    });
  });

  it("keep the one in use when a renewal is repeated", () => {
    expect(certificates(issue("b"), issue("c"))).toEqual(["certificate of primary", "c"]);
  });
});

describe("facts", () => {
  const facts = (over: Parameters<typeof machine>[1]): ClusterEvent => ({
    type: "facts-reported",
    node: "primary",
    facts: machine("primary", over),
  });

  it("with other keys make the node a stranger to its peers", () => {
    const state = given(ready, facts({ userKey: "ssh-ed25519 other" }));
    expect(nodeOf(state, "primary")).toMatchObject({ identityAt: state.roster, admitted: false });
    expect(state.roster).toBe(ready.roster + 1);
  });

  it("with other processors leave it known and admitted", () => {
    const state = given(ready, facts({ processors: { online: 8, schedulable: 8, quota: undefined, cores: 8 } }));
    expect(nodeOf(state, "primary").admitted).toBe(true);
    expect(state.roster).toBe(ready.roster);
  });

  it("that were refused change nothing but the reason, until good ones come", () => {
    const refused = given(ready, { type: "facts-refused", node: "primary", problem: "hostname: …" });
    expect(nodeOf(refused, "primary")).toEqual({ ...nodeOf(ready, "primary"), refusedFacts: "hostname: …" });
    expect(nodeOf(given(refused, facts({})), "primary")).toEqual(nodeOf(ready, "primary"));
  });
});

describe("a run", () => {
  const node = (...events: readonly ClusterEvent[]) => nodeOf(given(joined, ...events), "primary");

  it("of the desired state that converged becomes the observed one", () => {
    expect(node(set(1n), run(1n)).observed).toEqual(desired(1n));
  });

  it("that failed leaves the observed one", () => {
    expect(node(set(1n), run(1n), set(2n), run(2n, "taken"))).toMatchObject({
      observed: desired(1n),
      lastRun: { generation: 2n, failures: [{ reason: "taken" }] },
    });
  });

  it("of an older state is how the newest ended, and says nothing of the newest state", () => {
    expect(node(set(1n), set(2n), run(1n))).toMatchObject({ observed: undefined, lastRun: { generation: 1n } });
  });

  it.each([
    ["is of a state that was never desired", [set(1n), run(2n, "future")]],
    ["is of another content", [set(1n), run(1n, "foreign", "other")]],
    ["is of a node without a desired state", [run(1n, "early")]],
  ])("is not taken when it %s", (_, events) => {
    expect(node(...events).lastRun).toBeUndefined();
  });

  it("is not taken when a newer one was reported", () => {
    expect(node(set(1n), set(2n), run(2n), run(1n, "late")).lastRun?.generation).toBe(2n);
  });
});

it("takes no desired state that is not newer", () => {
  expect(nodeOf(given(joined, set(2n), set(1n)), "primary").desired).toEqual(desired(2n));
});

it("takes neither an empty nor an older hostfile", () => {
  const published = (generation: bigint, slots: readonly number[]): ClusterEvent => ({
    type: "hostfile-published",
    hostfile: { generation, entries: slots.map((count) => ({ node: "primary", slots: count })) },
  });
  const state = given(empty(), published(2n, [2]));
  expect(given(state, published(3n, []), published(1n, [4]))).toBe(state);
});

describe("another spec", () => {
  const apply = (spec: ReturnType<typeof clusterSpec>) => given(ready, { type: "spec-applied", spec });

  it("that says the same of a node leaves it as it is", () => {
    expect(nodeOf(apply(clusterSpec(names, "maxSlots: 8")), "primary")).toBe(nodeOf(ready, "primary"));
  });

  it("without a node removes it", () => {
    const two = settle(given(ready, ...enrolled("secondary1"))).state;
    const state = given(two, { type: "spec-applied", spec: clusterSpec(["primary", "secondary2"]) });
    expect([...state.nodes.keys()]).toEqual(["primary"]);
  });

  it("with another address makes the node a stranger", () => {
    const spec = clusterSpec();
    const nodes = new Map(spec.nodes).set("primary", {
      name: "primary",
      address: "192.168.56.99",
      role: "primary",
      slots: undefined,
      mac: undefined,
    });
    const state = apply({ ...spec, nodes });
    expect(nodeOf(state, "primary")).toMatchObject({ admitted: false, identityAt: state.roster });
    expect(state.roster).toBe(ready.roster + 1);
  });

  it("with another user forgets the keys of the former", () => {
    const state = apply(clusterSpec(names, "user: { name: ada }"));
    expect(nodeOf(state, "primary")).toMatchObject({ admitted: false, facts: { userKey: undefined } });
  });
});

describe("the hostfiles that are kept", () => {
  const publish = (generation: bigint, slots: number): ClusterEvent => ({
    type: "hostfile-published",
    hostfile: { generation, entries: [{ node: "primary", slots }] },
    at: 1_000 * slots,
  });

  it("are those that were published, with their times", () => {
    const state = given(joined, publish(1n, 1), publish(2n, 2), publish(2n, 7), publish(1n, 7));
    expect([...state.generations.values()]).toEqual([
      { generation: 1n, entries: [{ node: "primary", slots: 1 }], publishedAt: 1_000 },
      { generation: 2n, entries: [{ node: "primary", slots: 2 }], publishedAt: 2_000 },
    ]);
    expect(state.hostfile).toEqual({ generation: 2n, entries: [{ node: "primary", slots: 2 }] });
  });
});

describe("a pin", () => {
  const entries = [{ node: "primary", slots: 1 }];
  const edited = given(joined, { type: "hostfile-edited", edit: { at: 5, words: "-primary" } });

  it("holds until it is released", () => {
    const pin = { entries, origin: { type: "generation", generation: 3n } } as const;
    const pinned = given(edited, { type: "hostfile-pinned", pin });
    expect(pinned).toMatchObject({ pin, handEdit: { words: "-primary" } });
    const released = given(pinned, { type: "hostfile-unpinned" });
    expect(released.pin).toBeUndefined();
    expect(given(released, { type: "hostfile-unpinned" })).toBe(released);
  });

  it("to an edit ends what was told of it", () => {
    const pinned = given(edited, { type: "hostfile-pinned", pin: { entries, origin: { type: "edit" } } });
    expect(pinned.handEdit).toBeUndefined();
  });

  it("is never without entries", () => {
    expect(given(joined, { type: "hostfile-pinned", pin: { entries: [], origin: { type: "edit" } } })).toBe(joined);
  });
});

it("an edit by hand is noted, and the same at the same time is nothing new", () => {
  const edit = { at: 5, words: "-primary" };
  const edited = given(joined, { type: "hostfile-edited", edit });
  expect(edited.handEdit).toEqual(edit);
  expect(given(edited, { type: "hostfile-edited", edit: { ...edit } })).toBe(edited);
});
