import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { createKeptLog } from "../kept-log.ts";
import { createRankCount } from "./rank-count.ts";

function counting(...answers: readonly (number | Error)[]) {
  const asked: number[] = [];
  const count = async (uid: number) => {
    asked.push(uid);
    const answer = answers[asked.length - 1] ?? 0;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, ranks: createRankCount({ count }, createKeptLog()) };
}

it("counts nothing unless somebody asks", async () => {
  const { asked, ranks } = counting(3);
  ranks.ask(undefined);
  await setImmediate();
  expect([asked, ranks.take()]).toEqual([[], undefined]);
});

it("has an answer once it is counted, and each one once", async () => {
  const { ranks } = counting(3, 0);
  ranks.ask(7_777);
  expect(ranks.take()).toBeUndefined();
  await setImmediate();
  expect([ranks.take(), ranks.take()]).toEqual([3, undefined]);
  ranks.ask(7_777);
  await setImmediate();
  expect(ranks.take()).toBe(0);
});

it("starts no second count while one hangs", async () => {
  const asked: number[] = [];
  const count = (uid: number) => {
    asked.push(uid);
    return new Promise<number>(() => {});
  };
  const ranks = createRankCount({ count }, createKeptLog());
  ranks.ask(7_777);
  ranks.ask(7_777);
  await setImmediate();
  expect([asked, ranks.take()]).toEqual([[7_777], undefined]);
});

it("asks again after a count that failed", async () => {
  const { asked, ranks } = counting(new Error("no /proc"), 2);
  ranks.ask(7_777);
  await setImmediate();
  ranks.ask(7_777);
  await setImmediate();
  expect([asked.length, ranks.take()]).toEqual([2, 2]);
});

it("forgets a number that nobody wants to know any more", async () => {
  const { ranks } = counting(3);
  ranks.ask(7_777);
  await setImmediate();
  ranks.ask(undefined);
  expect(ranks.take()).toBeUndefined();
});
