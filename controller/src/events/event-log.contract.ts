import type { Event, KeptEvent } from "@cowherd/proto";
import { expect, it } from "vitest";
import { empty } from "../state/cluster.fixture.ts";
import type { ClusterStore } from "../store/cluster-store.ts";

const record = { state: empty(), tokens: new Map(), operators: new Map() };
const kept = (sequence: bigint, event: Event): KeptEvent => ({ sequence, id: `id ${sequence}`, time: 1_000, event });
const ready = (sequence: bigint) => kept(sequence, { type: "node.ready", node: `secondary${sequence}`, slots: 2 });

/** What the log of every ClusterStore must do. `reopen` gives another store on what the first has committed. */
export function eventLogContract(open: () => { store: ClusterStore; reopen: () => ClusterStore }): void {
  it("has no events before the first one", () => {
    const { events } = open().store;
    expect([events.read(0n, 9), events.marks(), events.last(), events.published()]).toEqual([[], [], 0n, 0n]);
  });

  it("keeps what commits add, in their order, and gives as much as is wanted", () => {
    const { store, reopen } = open();
    const published = kept(2n, {
      type: "hostfile.published",
      generation: 2n ** 60n,
      slots: 2,
      added: [{ node: "primary", slots: 2 }],
      removed: [],
      changed: [],
    });
    store.commit(record, { added: [ready(1n), published], dropped: [] });
    store.commit(record);
    store.commit(record, { added: [ready(3n)], dropped: [] });
    const { events } = reopen();
    expect(events.read(0n, 9)).toEqual([ready(1n), published, ready(3n)]);
    expect(events.read(1n, 1)).toEqual([published]);
    expect(events.read(3n, 9)).toEqual([]);
    expect(events.last()).toBe(3n);
    expect(events.marks()).toMatchObject([{ type: "node.ready" }, { sequence: 2n, time: 1_000 }, { sequence: 3n }]);
  });

  it("drops what commits drop, and counts on", () => {
    const { store, reopen } = open();
    store.commit(record, { added: [ready(1n), ready(2n), ready(3n)], dropped: [] });
    store.commit(record, { added: [ready(4n)], dropped: [1n, 3n] });
    const { events } = reopen();
    expect(events.read(0n, 9).map(({ sequence }) => sequence)).toEqual([2n, 4n]);
    expect(events.last()).toBe(4n);
  });

  it("remembers what was published, and never takes it back", () => {
    const { store, reopen } = open();
    store.events.markPublished(2n);
    store.events.markPublished(1n);
    expect(store.events.published()).toBe(2n);
    expect(reopen().events.published()).toBe(2n);
  });
}
