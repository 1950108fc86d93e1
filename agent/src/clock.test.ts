import { setTimeout } from "node:timers/promises";
import { describe } from "vitest";
import { clockContract } from "./clock.contract.ts";
import { createManualClock } from "./manual-clock.ts";
import { createSystemClock } from "./system-clock.ts";

describe("system clock", () =>
  clockContract(() => ({ clock: createSystemClock(), pass: (milliseconds) => setTimeout(milliseconds) })));
describe("manual clock", () =>
  clockContract(() => {
    const clock = createManualClock();
    return { clock, pass: clock.pass };
  }));
