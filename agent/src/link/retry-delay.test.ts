import { describe, expect, it } from "vitest";
import { LinkError, type LinkFailure } from "./link-error.ts";
import { retryDelayMs } from "./retry-delay.ts";

const delays = (failure: LinkFailure) =>
  [1, 2, 3].map((failures) => retryDelayMs(new LinkError("no", { failure }), failures, 0));

describe("the wait after a failed call", () => {
  it("stays short while the controller is away", () => {
    expect(delays("unreachable")).toEqual([500, 1_000, 1_500]);
  });

  it("is long where asking again helps little", () => {
    expect(delays("refused")).toEqual([60_000, 60_000, 60_000]);
    expect(delays("expired")).toEqual([60_000, 60_000, 60_000]);
  });

  it("is short after the first word of a revoked certificate, which a renewal may just have replaced", () => {
    expect(delays("revoked")).toEqual([500, 60_000, 60_000]);
  });

  it("is not for what is no failure of the link", () => {
    const fault = new TypeError("ours");
    expect(() => retryDelayMs(fault, 1, 0)).toThrow(fault);
  });
});
