import { describe } from "vitest";
import { eventBusContract } from "./event-bus.contract.ts";
import { createFakeEventBus } from "./fake-event-bus.ts";

describe("the bus in memory", () => {
  eventBusContract(async () => {
    const bus = createFakeEventBus();
    return { bus, ids: async () => bus.stored.map(({ id }) => id) };
  });
});
