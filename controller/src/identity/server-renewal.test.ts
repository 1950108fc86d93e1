import { expect, it } from "vitest";
import { createServerRenewal } from "./server-renewal.ts";

const minute = 60_000;
const hour = 60 * minute;
const start = Date.parse("2026-01-02T03:04:05Z");

/** A renewal of a certificate that was issued at `start`, with a clock that a test sets. */
function renewal(renew: (now: Date) => Promise<void> = async () => {}) {
  const renewed: number[] = [];
  const clock = { now: start };
  const due = createServerRenewal({
    issuedAt: start,
    now: () => clock.now,
    async renew(now) {
      renewed.push(now.getTime() - start);
      await renew(now);
    },
  });
  return {
    renewed,
    async at(age: number) {
      clock.now = start + age;
      await due();
    },
  };
}

it("renews after a day, and a day after that", async () => {
  const { renewed, at } = renewal();
  for (const age of [0, 23, 24, 25, 47, 48]) await at(age * hour);
  expect(renewed).toEqual([24 * hour, 48 * hour]);
});

it.each([31 * minute, 2 * hour, 23 * hour, 72 * hour])(
  "renews once when the clock is set back by %d ms",
  async (back) => {
    const { renewed, at } = renewal();
    await at(-back);
    await at(-back + minute);
    expect(renewed).toEqual([-back]);
  },
);

it("keeps a certificate that small corrections of the clock leave valid", async () => {
  const { renewed, at } = renewal();
  for (const age of [-minute, -29 * minute]) await at(age);
  expect(renewed).toEqual([]);
});

it("tries again when it came to nothing", async () => {
  let working = false;
  const { renewed, at } = renewal(async () => {
    if (!working) throw new RangeError("no key today");
  });
  await expect(at(24 * hour)).rejects.toThrow("no key today");
  working = true;
  await at(24 * hour + 1);
  await at(24 * hour + 2);
  expect(renewed).toEqual([24 * hour, 24 * hour + 1]);
});

it("renews once, however often it is asked meanwhile", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { renewed, at } = renewal(() => promise);
  const first = at(24 * hour);
  await at(24 * hour + 1);
  resolve();
  await first;
  expect(renewed).toEqual([24 * hour]);
});
