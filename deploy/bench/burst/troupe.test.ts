import { expect, it } from "vitest";
import { openSqliteStore } from "../../../controller/src/store/sqlite-store.ts";
import { waitFor } from "../../cluster/wait-for.ts";
import { playedMachines } from "./machine.ts";
import { openStage } from "./stage.ts";
import { startTroupe } from "./troupe.ts";

const patience = { timeoutMs: 25_000, everyMs: 10 };

it("joins played machines over real connections, and sees each hostfile that a primary would write", async () => {
  await using stage = await openStage(playedMachines(2), openSqliteStore);
  await using troupe = startTroupe({ members: stage.members, launchMs: 0 });
  const written = (lines: number) => async () => troupe.written.at(-1) === lines || undefined;
  await Promise.race([waitFor("the primary's line", written(1), patience), troupe.failed]);
  troupe.enter();
  await Promise.race([waitFor("all lines", written(3), patience), troupe.failed]);
  const entries = stage.controller.loop.record().state.hostfile?.entries ?? [];
  expect(entries.map(({ node, slots }) => `${node} ${slots}`).toSorted()).toEqual([
    "primary 4",
    "secondary1 4",
    "secondary2 4",
  ]);
});

it("plays a thousand machines of which no two are alike", () => {
  const machines = playedMachines(1_000);
  const distinct = (of: (machine: (typeof machines)[number]) => unknown) => new Set(machines.map(of)).size;
  expect(distinct(({ address }) => address)).toBe(1_001);
  expect(distinct(({ facts }) => facts.machineId)).toBe(1_001);
  expect(distinct(({ facts }) => facts.interfaces[0]?.mac)).toBe(1_001);
  expect(
    new Set(machines.flatMap(({ facts }) => [...facts.hostKeys, ...facts.userKeys.map(({ key }) => key)])).size,
  ).toBe(2_002);
});
