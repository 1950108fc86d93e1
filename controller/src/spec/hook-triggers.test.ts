import { eventTypes } from "@cowherd/proto";
import { expect, it } from "vitest";
import { hookTriggers } from "./hook-triggers.ts";

it("takes an event for itself, a kind for all of it, and a star for all but a hook's own failure", () => {
  expect(hookTriggers("node.ready")).toEqual(["node.ready"]);
  expect(hookTriggers("token.*")).toEqual(["token.used", "token.refused"]);
  expect(hookTriggers("*")).toEqual(eventTypes.filter((type) => type !== "hook.failed"));
});

it("takes nothing else for an event", () => {
  for (const word of ["", "node", "node.", ".*", "n*", "node.r*", "hook.failed", "hook.*", "node.ready.*"])
    expect(hookTriggers(word)).toEqual([]);
});
