import { expect, it } from "vitest";
import { growLog, type LogView } from "./grow-log.ts";
import { logViewOf } from "./log-view.ts";
import { createMemoryLog } from "./memory-log.ts";

it("knows after a start what it knew before it: how old the log is, and what was lost", () => {
  const log = createMemoryLog();
  const empty: LogView = logViewOf(log);
  const rules = { count: 3, ageMs: 1_000, publishing: true };
  const growth = { rules, published: 0n, now: 5_000, randomBytes: (length: number) => new Uint8Array(length) };
  const events = Array.from({ length: 5 }, () => ({ type: "node.ready", node: "primary", slots: 2 }) as const);
  const first = growLog(empty, events.slice(0, 3), growth);
  const second = growLog(first.log, events.slice(3), { ...growth, now: 5_500 });
  for (const change of [first, second]) log.take(change);
  expect(second.log.loss).toBeDefined();
  expect(logViewOf(log)).toEqual(second.log);
});
