import { expect, it } from "vitest";
import { settle } from "../reconcile/settle.ts";
import { empty, enrolled, given, nodeOf, ran } from "./cluster.fixture.ts";
import { barringFailures, objectionTo } from "./fitness.ts";

const joined = settle(given(empty(), ...enrolled("primary"))).state;
const after = (failures: Readonly<Record<string, string>>, skipped: Readonly<Record<string, string>>) =>
  given(joined, ran(joined, "primary", failures, skipped));

it("bars no primary for a hostfile that it cannot write, nor for what was skipped because of it", () => {
  const state = after({ hostfile: "is a folder" }, { "mpi-parameters": "hostfile" });
  expect(barringFailures(nodeOf(state, "primary").lastRun)).toEqual([]);
  expect(objectionTo(state, nodeOf(state, "primary"))).toBeUndefined();
});

it("bars no primary for a hostfile in another form, nor for a stale one that it cannot remove", () => {
  const state = after(
    { "hostfile-mpich": "is a folder", "hostfile-intel": "is a folder", "stale-hostfiles": "EROFS" },
    {},
  );
  expect(barringFailures(nodeOf(state, "primary").lastRun)).toEqual([]);
});

it("bars a node for anything else that failed or was skipped", () => {
  const state = after({ packages: "gone" }, { "mpi-parameters": "packages" });
  expect(barringFailures(nodeOf(state, "primary").lastRun).map(({ resource }) => resource)).toEqual([
    "packages",
    "mpi-parameters",
  ]);
  expect(objectionTo(state, nodeOf(state, "primary"))).toBe("run failed");
});
