import { expect, it } from "vitest";
import { createManualClock } from "../manual-clock.ts";
import { waitOutGrace } from "./nfs-grace.ts";

const signal = new AbortController().signal;

it("does not wait for a server that lets files be opened", async () => {
  expect(await waitOutGrace(async () => false, createManualClock(), signal)).toBeUndefined();
});

it("F2: waits for a server that was just started, and finds nothing wrong", async () => {
  const clock = createManualClock();
  const waiting = waitOutGrace(async () => clock.now() < 90_000, clock, signal);
  await clock.pass(90_000);
  expect(await waiting).toBeUndefined();
});

it("gives up a server that stays so, in words", async () => {
  const clock = createManualClock();
  const waiting = waitOutGrace(async () => true, clock, signal);
  await clock.pass(120_000);
  expect(await waiting).toBe(
    "the primary's NFS server has been in its grace period for 120 s, and lets nobody open a file",
  );
});

it("ends at once when it is aborted", async () => {
  const stop = new AbortController();
  const waiting = waitOutGrace(async () => true, createManualClock(), stop.signal);
  stop.abort(new Error("over"));
  await expect(waiting).rejects.toThrow("over");
});
