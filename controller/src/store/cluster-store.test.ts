import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { eventLogContract } from "../events/event-log.contract.ts";
import { empty, given } from "../state/cluster.fixture.ts";
import { clusterStoreContract } from "./cluster-store.contract.ts";
import { NewerStoreError } from "./cluster-store.ts";
import { createMemoryStore } from "./memory-store.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const folder = mkdtempSync(`${tmpdir()}/store-`);
let files = 0;
function newPath(): string {
  files += 1;
  return `${folder}/${files}.sqlite`;
}

afterAll(async () => await rm(folder, { recursive: true }));

describe("memory store", () => {
  const open = () => {
    const store = createMemoryStore();
    return { store, reopen: () => store };
  };
  clusterStoreContract(open);
  eventLogContract(open);
});

describe("sqlite store", () => {
  const open = () => {
    const path = newPath();
    return { store: openSqliteStore(path), reopen: () => openSqliteStore(path) };
  };
  clusterStoreContract(open);
  eventLogContract(open);

  it("keeps no event of a commit that did not come about", () => {
    const store = openSqliteStore(newPath());
    const twice = { sequence: 1n, id: "a", time: 1, event: { type: "node.removed", node: "primary" } } as const;
    const record = { state: empty(), tokens: new Map(), operators: new Map() };
    expect(() => store.commit(record, { added: [twice, twice], dropped: [] })).toThrow(/UNIQUE/);
    expect(store.load()).toBeUndefined();
    expect(store.events.read(0n, 9)).toEqual([]);
    store.close();
  });

  it("refuses a store of a later version and leaves it as it is", () => {
    const path = newPath();
    const later = new DatabaseSync(path);
    later.exec("pragma user_version = 99");
    later.close();
    expect(() => openSqliteStore(path)).toThrow(NewerStoreError);
  });

  it.each([1, 2, 3])("takes over a store of version %s, which then refuses it", (version) => {
    const path = newPath();
    const record = { state: empty(), tokens: new Map(), operators: new Map() };
    const store = openSqliteStore(path);
    store.commit(record);
    store.close();
    const versionOf = (database: DatabaseSync) => database.prepare("pragma user_version").get()?.["user_version"];
    using database = new DatabaseSync(path);
    expect(versionOf(database)).toBe(4);
    database.exec(`drop table event; drop table published; drop table generation; pragma user_version = ${version}`);
    const { spec } = empty();
    const {
      liveness: _liveness,
      network: _network,
      shared: _shared,
      python: _python,
      remnants: _remnants,
      events: _events,
      ...known
    } = spec;
    const { slots: _slots, hostfile, ...rest } = known;
    const older = { ...rest, hostfile: hostfile.path };
    const nodes = [...spec.nodes.values()].map(({ mac: _mac, slots = null, ...node }) => ({ ...node, slots }));
    const text = { epoch: "1", spec: { ...older, nodes }, roster: 0, generation: "0", hostfile: null };
    database.prepare("update cluster set record = ?").run(JSON.stringify(text));
    expect(openSqliteStore(path).load()).toEqual(record);
    expect(versionOf(database)).toBe(4);
  });

  it("keeps the last hostfile of a store of the version before, also when newer ones follow", () => {
    const path = newPath();
    const entries = [{ node: "primary", slots: 2 }];
    const published = (generation: bigint) =>
      ({ type: "hostfile-published", hostfile: { generation, entries } }) as const;
    const older = { state: given(empty(), published(4n)), tokens: new Map(), operators: new Map() };
    const store = openSqliteStore(path);
    store.commit(older);
    store.close();
    const database = new DatabaseSync(path);
    database.exec("drop table event; drop table published; drop table generation; pragma user_version = 2");
    database.close();

    const again = openSqliteStore(path);
    const loaded = again.load() ?? older;
    expect(loaded).toEqual(older);
    again.commit({ ...loaded, state: given(loaded.state, published(5n)) });
    again.close();
    expect([...(openSqliteStore(path).load()?.state.generations.keys() ?? [])]).toEqual([4n, 5n]);
  });

  it("waits for the disk at every commit", () => {
    const path = newPath();
    openSqliteStore(path).close();
    const database = new DatabaseSync(path);
    expect(database.prepare("pragma journal_mode").get()).toMatchObject({ journal_mode: "wal" });
    database.close();
  });
});
