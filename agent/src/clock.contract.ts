import { expect, it } from "vitest";
import type { Clock } from "./clock.ts";

/** What every Clock does. `pass` lets so many milliseconds go by. */
export function clockContract(createClock: () => { clock: Clock; pass(milliseconds: number): Promise<void> }): void {
  it("wakes a sleeper when its time is up", async () => {
    const { clock, pass } = createClock();
    const from = clock.now();
    const sleep = clock.sleep(10, new AbortController().signal);
    await pass(20);
    await sleep;
    expect(clock.now() - from).toBeGreaterThanOrEqual(9);
  });

  it("wakes a sleeper at once when it is no longer wanted", async () => {
    const { clock } = createClock();
    const controller = new AbortController();
    const sleep = clock.sleep(60_000, controller.signal);
    controller.abort();
    await sleep;
    await clock.sleep(60_000, controller.signal);
  });
}
