import type { Event } from "@cowherd/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { earliestOf, growLog, type LogView } from "./grow-log.ts";

const empty: LogView = { last: 0n, marks: [], earliest: Number.POSITIVE_INFINITY, loss: undefined };
const random = { randomBytes: (length: number) => new Uint8Array(length) };
const growth = { rules: { count: 100, ageMs: 1_000, publishing: true }, published: 0n, now: 5_000, ...random };
const ready: Event = { type: "node.ready", node: "primary", slots: 2 };
const lost: Event = { type: "node.unreachable", node: "primary", reason: "no sign of life" };
const many = (event: Event, count: number) => Array.from({ length: count }, () => event);
const full = growLog(empty, [lost, ...many(ready, 99)], growth).log;

it("numbers events without gaps, with ids that sort as they do", () => {
  const first = growLog(empty, [ready, lost], growth);
  const second = growLog(first.log, [ready], growth);
  const added = [...first.added, ...second.added];
  expect(added.map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n]);
  expect(added.map(({ id }) => id).toSorted()).toEqual(added.map(({ id }) => id));
  expect(second.log).toMatchObject({ last: 3n, marks: { length: 3 }, loss: undefined });
});

it("changes nothing where nothing is told", () => {
  expect(growLog(full, [], { ...growth, now: 99_999 })).toEqual({ added: [], dropped: [], log: full });
});

describe("a full log", () => {
  it("makes room of what the broker has, and loses nothing by it", () => {
    const { added, dropped, log } = growLog(full, [ready], { ...growth, published: 50n });
    expect(added).toHaveLength(1);
    expect(dropped).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
    expect(log.loss).toBeUndefined();
  });

  it("loses nothing where no broker waits for the events", () => {
    const { added, dropped } = growLog(full, [ready], { ...growth, rules: { ...growth.rules, publishing: false } });
    expect([added.length, dropped.length]).toEqual([1, 6]);
  });

  it("counts and tells what it gives up that the broker has not, and spares a loss of a node", () => {
    const { added, dropped, log } = growLog(full, [ready], growth);
    expect(dropped).toEqual([2n, 3n, 4n, 5n, 6n, 7n]);
    expect(added.map(({ event }) => event)).toEqual([
      ready,
      { type: "events.dropped", first: 2n, last: 7n, count: 6n },
    ]);
    expect(log.loss).toEqual({ sequence: 102n, first: 2n, last: 7n, count: 6n });
  });

  it("makes one of what it told twice before the broker heard it", () => {
    const once = growLog(full, [ready], growth);
    const twice = growLog(once.log, many(ready, 10), growth);
    expect(twice.dropped).toContain(102n);
    expect(twice.added.at(-1)?.event).toMatchObject({ type: "events.dropped", first: 2n });
    expect(twice.log.marks.filter(({ type }) => type === "events.dropped")).toHaveLength(1);
    const heard = growLog(once.log, many(ready, 10), { ...growth, published: 102n });
    expect(heard.added.map(({ event }) => event.type)).not.toContain("events.dropped");
  });

  it("gives up losses of nodes too, the oldest first, when there is nothing else", () => {
    const { log } = growLog(empty, many(lost, 100), growth);
    expect(growLog(log, [lost], growth).dropped).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
  });
});

it("gives up what is too old, once there is something newer", () => {
  const later = { ...growth, now: 6_001 };
  const { dropped, log } = growLog(full, [ready], later);
  expect(dropped).toHaveLength(100);
  expect(log.loss).toMatchObject({ first: 1n, last: 100n, count: 100n });
  expect(growLog(full, [ready], { ...later, now: 6_000 }).dropped).not.toHaveLength(100);
});

it("gives up what is too old of a log that is not full, also where the clock was set back amid it", () => {
  const first = growLog(empty, many(ready, 3), growth);
  const setBack = growLog(first.log, [ready], { ...growth, now: 4_000 });
  const later = growLog(setBack.log, [ready], { ...growth, now: 5_500 });
  expect(later.dropped).toEqual([4n]);
  expect(growLog(later.log, [ready], { ...growth, now: 6_000 }).dropped).toEqual([]);
  expect(growLog(later.log, [ready], { ...growth, now: 6_001 }).dropped).toContain(3n);
});

it("stays within its bounds and accounts for every event, whatever the broker takes", () => {
  const step = fc.record({
    events: fc.array(fc.constantFrom(ready, lost), { maxLength: 12 }),
    wait: fc.integer({ min: -300, max: 700 }), // clocks are set back, too
    takes: fc.nat(12),
    publishing: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let [log, published, now] = [empty, 0n, 0];
      const told = new Map<bigint, Event>();
      for (const { events, wait, takes, publishing } of steps) {
        now += wait;
        const rules = { count: 20, ageMs: 2_000, publishing };
        const before = log;
        const grown = growLog(log, events, { rules, published, now, ...random });
        log = grown.log;
        for (const { sequence, event } of grown.added) told.set(sequence, event);
        expect(log.marks.length).toBeLessThanOrEqual(20 + 14);
        expect(log.earliest).toBe(earliestOf(log.marks));
        const kept = new Set(log.marks.map(({ sequence }) => sequence));
        const loss = log.loss;
        for (const { sequence, type } of before.marks) {
          if (kept.has(sequence) || sequence <= published || !publishing) continue;
          if (type === "events.dropped") expect(loss?.sequence).toBeGreaterThan(sequence);
          else expect(loss && loss.first <= sequence && sequence <= loss.last).toBe(true);
        }
        const waiting = log.marks.filter(({ sequence }) => sequence > published).slice(0, takes);
        published = waiting.at(-1)?.sequence ?? published;
      }
      expect([...told.keys()]).toEqual(Array.from({ length: told.size }, (_, at) => BigInt(at + 1)));
    }),
  );
});
