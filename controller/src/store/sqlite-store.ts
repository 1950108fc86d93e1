import { DatabaseSync } from "node:sqlite";
import { nothingLogged } from "../events/event-mark.ts";
import { eventTables, openSqliteLog } from "../events/sqlite-log.ts";
import { decodeState, encodeCluster, encodeGeneration, encodeNode } from "../state/persist.ts";
import { type ClusterRecord, type ClusterStore, NewerStoreError, StoreUnwritableError } from "./cluster-store.ts";
import { readOperator, readToken, textOf } from "./sqlite-rows.ts";

/**
 * Counts the forms of the tables and of the records in them. Each version added to the records
 * what persist.ts reads as missing in those of the versions before; version 3 the table of
 * hostfiles, and version 4 those of events.
 */
const schemaVersion = 4;
const oldestReadable = 1;

const generationTable = `
  create table if not exists generation (number text primary key, record text not null) strict, without rowid;
`;

const schema = `
  create table cluster (one integer primary key check (one = 1), record text not null) strict;
  create table node (name text primary key, record text not null) strict, without rowid;
  create table token (
    id text primary key,
    node text not null,
    secret_hash text not null,
    expires_at integer not null,
    spent_by text
  ) strict, without rowid;
  create table operator (name text primary key, certificate text not null) strict, without rowid;
  ${generationTable}
  ${eventTables}
  pragma user_version = ${schemaVersion};
`;

/** Opens the store in the database at `path`, which is made where it is missing. Throws NewerStoreError. */
export function openSqliteStore(path: string): ClusterStore {
  const database = new DatabaseSync(path);
  try {
    return createStore(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
}

function createStore(database: DatabaseSync, path: string): ClusterStore {
  database.exec("pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 2000");
  prepareSchema(database);
  const events = openSqliteLog(database);

  const putCluster = database.prepare("insert or replace into cluster values (1, ?)");
  const putNode = database.prepare("insert or replace into node values (?, ?)");
  const dropNode = database.prepare("delete from node where name = ?");
  const putGeneration = database.prepare("insert or replace into generation values (?, ?)");
  const dropGeneration = database.prepare("delete from generation where number = ?");
  const putToken = database.prepare("insert or replace into token values (?, ?, ?, ?, ?)");
  const dropToken = database.prepare("delete from token where id = ?");
  const putOperator = database.prepare("insert or replace into operator values (?, ?)");
  const dropOperator = database.prepare("delete from operator where name = ?");

  const selectCluster = database.prepare("select record from cluster");
  const selectNodes = database.prepare("select name, record from node");
  const selectGenerations = database.prepare("select record from generation order by length(number), number");
  const selectTokens = database.prepare("select id, node, secret_hash, expires_at, spent_by from token");
  const selectOperators = database.prepare("select name, certificate from operator");

  let last: ClusterRecord | undefined;

  function write(next: ClusterRecord): void {
    const cluster = encodeCluster(next.state);
    if (last === undefined || encodeCluster(last.state) !== cluster) putCluster.run(cluster);
    writeChanges(
      last?.state.nodes,
      next.state.nodes,
      (node) => putNode.run(node.name, encodeNode(node)),
      (name) => dropNode.run(name),
    );
    writeChanges(
      last?.state.generations,
      next.state.generations,
      (generation) => putGeneration.run(`${generation.generation}`, encodeGeneration(generation)),
      (number) => dropGeneration.run(`${number}`),
    );
    writeChanges(
      last?.tokens,
      next.tokens,
      ({ id, node, secretHash, expiresAt, spentBy }) => putToken.run(id, node, secretHash, expiresAt, spentBy ?? null),
      (id) => dropToken.run(id),
    );
    writeChanges(
      last?.operators,
      next.operators,
      ({ name, certificate }) => putOperator.run(name, certificate),
      (name) => dropOperator.run(name),
    );
  }

  return {
    events,

    load() {
      const cluster = selectCluster.get();
      if (cluster === undefined) return undefined;
      const nodes = new Map(selectNodes.all().map((row) => [textOf(row, "name"), textOf(row, "record")]));
      const generations = selectGenerations.all().map((row) => textOf(row, "record"));
      const record = {
        state: decodeState({ cluster: textOf(cluster, "record"), nodes, generations }),
        tokens: byKey(selectTokens.all().map(readToken), ({ id }) => id),
        operators: byKey(selectOperators.all().map(readOperator), ({ name }) => name),
      };
      // What was made up for an older store, which kept none, goes into the table with the next commit.
      last = generations.length > 0 ? record : { ...record, state: { ...record.state, generations: new Map() } };
      return record;
    },

    commit(record, log = nothingLogged) {
      try {
        inTransaction(database, () => {
          write(record);
          events.write(log);
        });
      } catch (error) {
        const reason = diskFault(error);
        throw reason === undefined ? error : new StoreUnwritableError(`${path}: ${reason}`, { cause: error });
      }
      last = record;
    },

    close: () => database.close(),
  };
}

function prepareSchema(database: DatabaseSync): void {
  const version = database.prepare("pragma user_version").get()?.["user_version"];
  if (version === schemaVersion) return;
  if (version === 0) {
    inTransaction(database, () => database.exec(schema));
    return;
  }
  if (typeof version !== "number" || version < oldestReadable || version > schemaVersion)
    throw new NewerStoreError(`the store is of schema ${version}, this version knows ${schemaVersion}`);
  // Now and not with the first record of the new form: the older program must not read half of each.
  inTransaction(database, () =>
    database.exec(`${generationTable} ${eventTables} pragma user_version = ${schemaVersion}`),
  );
}

/** What is wrong with the disk, where that is what SQLite says; see https://www.sqlite.org/rescode.html. */
function diskFault(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  switch (error.errcode & 0xff) {
    case 8: // SQLITE_READONLY
    case 10: // SQLITE_IOERR
      return error.message;
    case 13: // SQLITE_FULL
      return "the disk is full";
    default:
      return undefined;
  }
}

function inTransaction(database: DatabaseSync, write: () => void): void {
  database.exec("begin immediate");
  try {
    write();
    database.exec("commit");
  } catch (error) {
    if (database.isTransaction) database.exec("rollback"); // a full disk ends the transaction by itself
    throw error;
  }
}

/** Calls `put` for what is new or another object than before, and `drop` for what is gone. */
function writeChanges<Key, T>(
  before: ReadonlyMap<Key, T> | undefined,
  after: ReadonlyMap<Key, T>,
  put: (value: T) => void,
  drop: (key: Key) => void,
): void {
  for (const [key, value] of after) if (before?.get(key) !== value) put(value);
  for (const key of before?.keys() ?? []) if (!after.has(key)) drop(key);
}

function byKey<T>(values: readonly T[], key: (value: T) => string): ReadonlyMap<string, T> {
  return new Map(values.map((value) => [key(value), value]));
}
