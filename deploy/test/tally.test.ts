import { describe, expect, it } from "vitest";
import { tally, type Verdict } from "./tally.ts";

const passed: Verdict = { name: "a", state: "passed" };
const failed: Verdict = { name: "b", state: "failed" };
const skipped: Verdict = { name: "c > d", state: "skipped" };
const lax = { strict: false, brokenFiles: 0 };
const strict = { ...lax, strict: true };
const noRoot = { what: "tests on booted hosts", why: "a lab needs root" };

describe("the tally of a test run", () => {
  it("is good when all passed", () => {
    expect(tally([passed], [], strict)).toEqual({ good: true, text: "1 passed, 0 failed\n" });
  });

  it("is bad with one failure", () => {
    expect(tally([passed, failed], [], lax)).toEqual({ good: false, text: "1 passed, 1 failed\n" });
  });

  it("is bad when a file does not even load", () => {
    expect(tally([passed], [], { ...lax, brokenFiles: 1 }).good).toBe(false);
  });

  it("is bad when nothing ran", () => {
    expect(tally([], [], lax).good).toBe(false);
  });

  it("names what did not run, with the reason", () => {
    const { good, text } = tally([passed, skipped], [noRoot], lax);
    expect(good).toBe(true);
    expect(text).toContain("not run: tests on booted hosts: a lab needs root\n");
    expect(text).toContain("not run: c > d: skipped in the test itself\n");
    expect(text).toContain("1 passed, 0 failed, 1 skipped\n");
  });

  it.each([
    ["an omission", [passed], [noRoot]],
    ["a skipped test", [passed, skipped], []],
  ])("is bad where nothing may be left out, and there is %s", (_, verdicts, omissions) => {
    expect(tally(verdicts, omissions, strict).good).toBe(false);
  });
});
