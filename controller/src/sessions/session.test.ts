import type { DesiredState } from "@cowherd/proto";
import { expect, it } from "vitest";
import { createSession, type SessionEnd, type SessionMessage } from "./session.ts";

function state(generation: number): SessionMessage {
  const desired: DesiredState = {
    epoch: 1n,
    generation: BigInt(generation),
    revision: `r${generation}`,
    resources: [],
  };
  return { type: "desired-state", desired };
}

/** A reader that takes a message when it is told to. */
function slowReader() {
  const taken: SessionMessage[] = [];
  const ends: SessionEnd[] = [];
  const free = Promise.withResolvers<void>();
  return {
    taken,
    ends,
    async takeAll() {
      free.resolve();
      await new Promise(setImmediate);
    },
    sink: {
      async send(message: SessionMessage) {
        await free.promise;
        taken.push(message);
      },
      end: (end: SessionEnd) => void ends.push(end),
    },
  };
}

it("keeps a slow reader's newest desired state alone", async () => {
  const reader = slowReader();
  const session = createSession("c", reader.sink);
  for (let generation = 1; generation <= 10_000; generation += 1) session.say(state(generation));
  await reader.takeAll();
  expect(reader.taken).toHaveLength(1);
  expect(reader.taken).toEqual([state(10_000)]);
});

it("ends a revoked session at once, though a message is stuck on its way", async () => {
  const reader = slowReader();
  const session = createSession("c", reader.sink);
  session.say(state(1));
  session.end("revoked");
  session.end("stopping");
  expect(reader.ends).toEqual(["revoked"]);
});

it("sends what was said before it stops", async () => {
  const reader = slowReader();
  const session = createSession("c", reader.sink);
  session.say(state(1));
  session.say({ type: "going-away" });
  session.end("stopping");
  await reader.takeAll();
  expect(reader.taken).toEqual([state(1), { type: "going-away" }]);
  expect(reader.ends).toEqual(["stopping"]);
});
