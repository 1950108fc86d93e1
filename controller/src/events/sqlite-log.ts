import type { DatabaseSync } from "node:sqlite";
import { decodeEvent, encodeEvent, isEventType } from "@cowherd/proto";
import { DamagedRowError, numberOf, type Row, textOf } from "../store/sqlite-rows.ts";
import type { EventLog } from "./event-log.ts";
import type { LogChange } from "./event-mark.ts";

/** The tables of the log. */
export const eventTables = `
  create table if not exists event (
    sequence integer primary key,
    id text not null,
    time integer not null,
    type text not null,
    record blob not null
  ) strict;
  create table if not exists published (one integer primary key check (one = 1), sequence integer not null) strict;
`;

/** Opens the log in a database that has its tables. `write` is to be called within a transaction. */
export function openSqliteLog(database: DatabaseSync): EventLog & { write(change: LogChange): void } {
  const add = database.prepare("insert into event values (?, ?, ?, ?, ?)");
  const drop = database.prepare("delete from event where sequence = ?");
  const select = database.prepare(
    "select sequence, id, time, record from event where sequence > ? order by sequence limit ?",
  );
  const selectMarks = database.prepare("select sequence, time, type from event order by sequence");
  const selectLast = database.prepare("select max(sequence) as sequence from event");
  const selectPublished = database.prepare("select sequence from published");
  const putPublished = database.prepare("insert or replace into published values (1, ?)");
  const sequenceIn = (row: Row | undefined) => (row?.["sequence"] == null ? 0n : sequenceOf(row));
  let published = sequenceIn(selectPublished.get());

  return {
    write({ added, dropped }) {
      for (const sequence of dropped) drop.run(sequence);
      for (const { sequence, id, time, event } of added) add.run(sequence, id, time, event.type, encodeEvent(event));
    },
    read: (after, limit) =>
      select.all(after, limit).map((row) => ({
        sequence: sequenceOf(row),
        id: textOf(row, "id"),
        time: numberOf(row, "time"),
        event: eventOf(row),
      })),
    marks: () =>
      selectMarks.all().map((row) => ({ sequence: sequenceOf(row), time: numberOf(row, "time"), type: typeOf(row) })),
    last: () => sequenceIn(selectLast.get()),
    published: () => published,
    markPublished(sequence) {
      if (sequence <= published) return;
      putPublished.run(sequence);
      published = sequence;
    },
  };
}

function sequenceOf(row: Row) {
  return BigInt(numberOf(row, "sequence"));
}

function typeOf(row: Row) {
  const type = textOf(row, "type");
  if (!isEventType(type)) throw new DamagedRowError(`the log holds an event that nobody knows: ${type}`);
  return type;
}

function eventOf(row: Row) {
  const record = row["record"];
  const event = record instanceof Uint8Array ? decodeEvent(record) : undefined;
  if (event === undefined) throw new DamagedRowError("column record of the log holds no event");
  return event;
}
