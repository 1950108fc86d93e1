import type { Outcome } from "@cowherd/proto/wire";
import { expect, it } from "vitest";
import { toHandEdit, toRunRecord } from "./run-record.ts";

const failed = (resource: string, reason: string) =>
  ({ resource, end: { $case: "failed", value: { reason } } }) as const;
const run = { epoch: 1n, generation: 3n, revision: "ab".repeat(32), durationMs: 5 };

it("keeps the failed and the skipped, and nothing of what went well", () => {
  const outcomes = [
    { resource: "hosts", end: { $case: "inSync", value: {} } } as const,
    failed("user", "uid 7777 is bob's"),
    { resource: "keys", end: { $case: "skipped", value: { because: "user" } } } as const,
  ];
  expect(toRunRecord({ ...run, outcomes })).toEqual({
    generation: 3n,
    revision: "ab".repeat(32),
    failures: [
      { resource: "user", end: "failed", reason: "uid 7777 is bob's" },
      { resource: "keys", end: "skipped", because: "user" },
    ],
  });
});

it("bounds what a node can put into the store", () => {
  const outcomes = Array.from({ length: 5_000 }, () => failed("r".repeat(9_000), "\u001b[2J".repeat(9_000)));
  const { failures } = toRunRecord({ ...run, outcomes });
  expect(JSON.stringify(failures).length).toBeLessThan(120_000);
  expect(JSON.stringify(failures)).not.toContain("\\u001b");
});

it("takes what was edited in the hostfile by hand, in one line, and nothing of other resources", () => {
  const edited = (resource: string, handEdit?: string): Outcome => ({
    resource,
    end: { $case: "changed", value: { changes: ["write it"], handEdit } },
  });
  expect(toHandEdit({ ...run, outcomes: [edited("hosts", "x"), edited("hostfile", "+a\u001b[2J\n-b")] })).toBe(
    "+a?[2J -b",
  );
  expect(toHandEdit({ ...run, outcomes: [edited("hosts", "x"), edited("hostfile")] })).toBeUndefined();
  expect(toHandEdit({ ...run, outcomes: [edited("hostfile", "y".repeat(9_000))] })).toHaveLength(500);
});
