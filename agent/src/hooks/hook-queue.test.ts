import type { HookRequest } from "@cowherd/proto";
import { expect, it } from "vitest";
import { createKeptLog } from "../kept-log.ts";
import { createHookQueue } from "./hook-queue.ts";

const signal = new AbortController().signal;
const request = (id: string): HookRequest => ({ id, hook: "notify", event: "{}", seconds: 30, user: undefined });
const settled = () => new Promise(setImmediate);

/** A queue whose hooks end when a test says so. */
function start(answering: () => Promise<void> = async () => {}) {
  const running: { readonly id: string; end(failure?: string): void }[] = [];
  const answers: [string, string | undefined][] = [];
  const queue = createHookQueue({
    run: ({ id }) => new Promise((resolve) => running.push({ id, end: resolve })),
    async answer(id, failure) {
      answers.push([id, failure]);
      await answering();
    },
    log: createKeptLog(),
  });
  return { queue, running, answers };
}

it("runs two at once, the others in their order", async () => {
  const { queue, running, answers } = start();
  for (const id of ["a", "b", "c"]) queue.ask(request(id), signal);
  expect(running.map(({ id }) => id)).toEqual(["a", "b"]);
  running[1]?.end("exit code 3");
  await settled();
  expect(answers).toEqual([["b", "exit code 3"]]);
  expect(running.map(({ id }) => id)).toEqual(["a", "b", "c"]);
});

it("answers what is asked for again and does not run it again, while it runs and after its end", async () => {
  const { queue, running, answers } = start(() => Promise.reject(new Error("the controller is away")));
  queue.ask(request("a"), signal);
  queue.ask(request("a"), signal);
  running[0]?.end();
  await settled();
  queue.ask(request("a"), signal);
  await settled();
  expect(running).toHaveLength(1);
  expect(answers).toEqual([
    ["a", undefined],
    ["a", undefined],
    ["a", undefined],
  ]);
});

it("leaves unanswered what is too much, and remembers no more than a few", async () => {
  const { queue, running, answers } = start();
  for (let n = 0; n < 40; n += 1) queue.ask(request(`${n}`), signal);
  for (let n = 0; n < 18; n += 1) {
    running[n]?.end();
    await settled();
  }
  expect(answers).toHaveLength(18);
  for (let n = 100; n < 140; n += 1) {
    queue.ask(request(`${n}`), signal);
    running.at(-1)?.end();
    await settled();
  }
  queue.ask(request("0"), signal);
  expect(running.at(-1)?.id).toBe("0");
});
