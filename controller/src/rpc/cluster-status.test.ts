import { expect, it } from "vitest";
import type { Loss } from "../events/grow-log.ts";
import { hostfileEntries } from "../hostfile/hostfile-entries.ts";
import { createSessions } from "../sessions/sessions.ts";
import { empty, enrolled, given } from "../state/cluster.fixture.ts";
import type { ClusterState } from "../state/cluster-state.ts";
import type { Unwritten } from "../store/store-notices.ts";
import { clusterStatus } from "./cluster-status.ts";

const statusOf = (state: ClusterState, { loss, unwritten }: { loss?: Loss; unwritten?: Unwritten } = {}) =>
  clusterStatus({
    loop: {
      present: () => state,
      record: () => ({ state, tokens: new Map(), operators: new Map() }),
      desired: () => new Map(),
      lost: () => loss,
      unwritten: () => unwritten,
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
    hooks: {
      look: () => {},
      ended: () => {},
      giveUp: () => {},
      askAgain: () => {},
      backlogs: () => [],
    },
    sessions: createSessions(),
    now: () => 5_000,
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
  expect(statusOf(empty(), { loss: { sequence: 9n, first: 2n, last: 7n, count: 6n } }).notices).toContain(
    "6 events were given up before NATS had got them (between number 2 and 7): the log was full or they were too old",
  );
});

it("says first that nothing can be stored, and since when", () => {
  const unwritten = { since: 1_000, reason: "/store: the disk is full" };
  expect(statusOf(empty(), { unwritten }).notices[0]).toBe(
    "the controller cannot write /store: the disk is full, for 4 s now; until it can, nothing is changed and the hostfile stays as it is",
  );
  expect(statusOf(empty()).notices.join()).not.toContain("cannot write");
});
