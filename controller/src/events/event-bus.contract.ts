import { expect, it } from "vitest";
import type { BusMessage, EventBus } from "./event-bus.ts";

/** A bus on a broker that is well, and the ids that the broker has, in its order. */
export type OpenedBus = { readonly bus: EventBus; readonly ids: () => Promise<readonly string[]> };

const numbered = (from: number, to: number): readonly BusMessage[] =>
  Array.from({ length: to - from + 1 }, (_, at) => ({
    subject: "cowherd.lab.node.ready.primary",
    id: `id-${from + at}`,
    body: `{"n":${from + at}}`,
  }));
const idsOf = (messages: readonly BusMessage[]) => messages.map(({ id }) => id);
const soon = () => AbortSignal.timeout(20_000);

/** What every EventBus must do. `open` gives an empty stream "cowherd-lab" on "cowherd.lab.>". */
export function eventBusContract(open: () => Promise<OpenedBus>): void {
  it("stores what is published, in order, over several calls", async () => {
    const { bus, ids } = await open();
    expect(await bus.publish(numbered(1, 64), soon())).toEqual({ stored: 64, failure: undefined });
    expect(await bus.publish(numbered(65, 70), soon())).toEqual({ stored: 6, failure: undefined });
    expect(await ids()).toEqual(idsOf(numbered(1, 70)));
    await bus.close();
  });

  it("stores once what is published again, and goes on behind it", async () => {
    const { bus, ids } = await open();
    await bus.publish(numbered(1, 10), soon());
    expect(await bus.publish(numbered(6, 15), soon())).toEqual({ stored: 10, failure: undefined });
    expect(await ids()).toEqual(idsOf(numbered(1, 15)));
    await bus.close();
  });

  it("takes nothing for nothing", async () => {
    const { bus } = await open();
    expect(await bus.publish([], soon())).toEqual({ stored: 0, failure: undefined });
    await bus.close();
  });

  it("ends at once where it is called off, and says so; and is as good as before", async () => {
    const { bus, ids } = await open();
    const calledOff = await bus.publish(numbered(1, 3), AbortSignal.abort());
    expect(calledOff).toMatchObject({ stored: 0, failure: expect.any(String) });
    expect(await bus.publish(numbered(1, 3), soon())).toMatchObject({ stored: 3 });
    expect(await ids()).toEqual(idsOf(numbered(1, 3)));
    await bus.close();
  });

  it("closes without ever having been used, and twice", async () => {
    const { bus } = await open();
    await bus.close();
    await bus.close();
  });
}
