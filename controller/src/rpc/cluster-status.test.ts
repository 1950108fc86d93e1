import { expect, it } from "vitest";
import type { Loss } from "../events/grow-log.ts";
import { hostfileEntries } from "../hostfile/hostfile-entries.ts";
import { empty, enrolled, given } from "../state/cluster.fixture.ts";
import type { ClusterState } from "../state/cluster-state.ts";
import { clusterStatus } from "./cluster-status.ts";

const statusOf = (state: ClusterState, loss?: Loss) =>
  clusterStatus({
    loop: {
      present: () => state,
      record: () => ({ state, tokens: new Map(), operators: new Map() }),
      desired: () => new Map(),
      lost: () => loss,
      commit: () => {
        throw new TypeError("a look changes nothing");
      },
      pass: () => false,
    },
    liveness: {
      heartbeat: () => {},
      tick: () => {},
      remaining: () => undefined,
      activity: () => "",
    },
    now: () => 0,
    publishing: undefined,
  });
const isDue = (state: ClusterState) => statusOf(state).hostfileDue;

const admitted = given(empty(), ...enrolled("primary"), { type: "node-admitted", node: "primary" });
const entries = hostfileEntries(admitted);
const published = given(admitted, { type: "hostfile-published", hostfile: { generation: 1n, entries }, at: 0 });

it("tells of a hostfile that is due, until it was published", () => {
  expect(isDue(admitted)).toBe(true);
  expect(isDue(published)).toBe(false);
});

it("tells of none while the hostfile is held", () => {
  expect(isDue({ ...admitted, silence: { ...admitted.silence, held: true } })).toBe(false);
});

it("says which events were given up before the broker had them", () => {
  expect(statusOf(empty(), { sequence: 9n, first: 2n, last: 7n, count: 6n }).notices).toContain(
    "6 events were given up before NATS had got them (between number 2 and 7): the log was full or they were too old",
  );
});
