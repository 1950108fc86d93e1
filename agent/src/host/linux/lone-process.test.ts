import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createLoneProcesses, type Running, startChild } from "./lone-process.ts";

const signal = new AbortController().signal;
const done = { exitCode: 0, stdout: "", stderr: "" };

/** Processes that end when the test says so, and not when they are killed. */
function stubborn() {
  const started: { end(): void; killed: boolean }[] = [];
  const start = (): Running => {
    const { promise, resolve } = Promise.withResolvers<typeof done>();
    const one = { end: () => resolve(done), killed: false };
    started.push(one);
    return {
      ended: promise,
      kill() {
        one.killed = true;
      },
    };
  };
  return { started, start };
}

describe("lone processes", () => {
  it("F9: leave behind what cannot be killed, and start nothing beside it until it is gone", async () => {
    const { started, start } = stubborn();
    const run = createLoneProcesses(start, { timeoutMs: 20, mostLeft: 3 });
    expect(await run("/mnt", ["probe"], signal)).toBe("late");
    expect(started[0]?.killed).toBe(true);
    const askedAt = performance.now();
    for (let run_ = 0; run_ < 5; run_ += 1) expect(await run("/mnt", ["probe"], signal)).toBe("late");
    expect(performance.now() - askedAt).toBeLessThan(20);
    expect(started).toHaveLength(1);
    started[0]?.end();
    await sleep(0);
    const next = run("/mnt", ["probe"], signal);
    started[1]?.end();
    expect(await next).toEqual(done);
    expect(started).toHaveLength(2);
  });

  it("hold up no other key", async () => {
    const { started, start } = stubborn();
    const run = createLoneProcesses(start, { timeoutMs: 20, mostLeft: 3 });
    expect(await run("/mnt", ["probe"], signal)).toBe("late");
    const other = run("/srv", ["probe"], signal);
    started[1]?.end();
    expect(await other).toEqual(done);
  });

  it("F9: leave no more than so many behind, over all keys", async () => {
    const { started, start } = stubborn();
    const run = createLoneProcesses(start, { timeoutMs: 20, mostLeft: 2 });
    expect(await run("first", ["probe"], signal)).toBe("late");
    expect(await run("second", ["probe"], signal)).toBe("late");
    expect(await run("third", ["probe"], signal)).toBe("crowded");
    expect(await run("second", ["probe"], signal)).toBe("late");
    expect(started).toHaveLength(2);
    started[0]?.end();
    await sleep(0);
    const third = run("third", ["probe"], signal);
    started[2]?.end();
    expect(await third).toEqual(done);
  });

  it("give who asks meanwhile the end of the one that runs", async () => {
    const { started, start } = stubborn();
    const run = createLoneProcesses(start, { timeoutMs: 10_000, mostLeft: 3 });
    const both = Promise.all([run("/mnt", ["probe"], signal), run("/mnt", ["probe"], signal)]);
    started[0]?.end();
    expect(await both).toEqual([done, done]);
    expect(started).toHaveLength(1);
  });

  it("stop waiting when aborted, and know the process still", async () => {
    const { started, start } = stubborn();
    const run = createLoneProcesses(start, { timeoutMs: 20, mostLeft: 3 });
    const abort = new AbortController();
    const waiting = run("/mnt", ["probe"], abort.signal);
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    expect(await run("/mnt", ["probe"], signal)).toBe("late");
    expect(started).toHaveLength(1);
  });

  it("kill a real process with its children, and tell how one ended", async () => {
    const run = createLoneProcesses(startChild, { timeoutMs: 300, mostLeft: 3 });
    expect(await run("a", ["/bin/sh", "-c", "sleep 4545 & sleep 4545"], signal)).toBe("late");
    const end = await run("b", ["/bin/sh", "-c", "echo out; echo err >&2; exit 3"], signal);
    expect(end).toEqual({ exitCode: 3, stdout: "out\n", stderr: "err\n" });
    await expect(run("c", ["/no/such/program"], signal)).rejects.toThrow("ENOENT");
    await sleep(50); // the killed one is gone by now, so that its key is free again
    expect(await run("a", ["/bin/true"], signal)).toMatchObject({ exitCode: 0 });
  });
});
