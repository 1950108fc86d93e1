import { setTimeout } from "node:timers/promises";
import type { HookRequest } from "@cowherd/proto";
import { expect, it } from "vitest";
import type { RunHook } from "./run-hook.ts";

const signal = new AbortController().signal;

/** What the hooks of a test do: "keep" keeps its event after 100 ms, "fail" says "no such channel" and ends in 3, "hang" does not end. */
export type HookBench = {
  readonly run: RunHook;
  /** The events that "keep" got. */
  kept(): Promise<readonly string[]>;
};

const request = (hook: string, over: Partial<HookRequest> = {}): HookRequest => ({
  id: `${hook}-01`,
  hook,
  event: '{"specversion":"1.0"}',
  seconds: 30,
  user: undefined,
  ...over,
});

/** What every RunHook does. */
export function runHookContract(create: () => Promise<HookBench>): void {
  it("gives the event on standard input, as it is", async () => {
    const { run, kept } = await create();
    const event = JSON.stringify({ reason: "a $HOME %n 'x' \"y\" ü\n" });
    expect(await run(request("keep", { event }), signal)).toBeUndefined();
    expect(await kept()).toEqual([event]);
  });

  it("tells of a failure by its exit code and its last words", async () => {
    const { run } = await create();
    expect(await run(request("fail"), signal)).toBe("exit code 3: no such channel");
  });

  it("names what is not there", async () => {
    const { run } = await create();
    expect(await run(request("absent"), signal)).toMatch(/^there is no .*absent$/);
  });

  it("ends what does not end by itself", async () => {
    const { run } = await create();
    expect(await run(request("hang", { seconds: 1 }), signal)).toMatch(/^no end within 1 s/);
  });

  it("ends the waiting and not the program when it is aborted, and joins it when it is asked for again", async () => {
    const { run, kept } = await create();
    const leaving = new AbortController();
    const waiting = run(request("keep"), leaving.signal);
    void setTimeout(30).then(() => leaving.abort());
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    expect(await run(request("keep"), signal)).toBeUndefined();
    expect(await kept()).toHaveLength(1);
    await run(request("keep", { id: "keep-02" }), signal);
    expect(await kept()).toHaveLength(2);
  });
}
