import { expect, it } from "vitest";
import { type Outcome, parseOutcome, toWireOutcome } from "./outcome.ts";

it.each<Outcome>([
  { resource: "hosts", end: "in-sync" },
  { resource: "hosts", end: "changed", changes: ["write /etc/hosts"] },
  { resource: "hostfile", end: "changed", changes: ["write it"], handEdit: "-secondary1" },
  { resource: "hosts", end: "failed", reason: "no space left on device" },
  { resource: "hosts", end: "skipped", because: "user" },
])("brings an outcome that is $end over the wire", (outcome) => {
  expect(parseOutcome(toWireOutcome(outcome))).toEqual(outcome);
});

it("takes an end that it does not know for a failure", () => {
  expect(parseOutcome({ resource: "hosts" })).toMatchObject({ end: "failed" });
});
