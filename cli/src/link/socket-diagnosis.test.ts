import { describe, expect, it } from "vitest";
import { unreachabilityOf } from "./socket-diagnosis.ts";

describe("unreachabilityOf", () => {
  it.each([
    ["ENOENT", "no-socket"],
    ["EACCES", "not-permitted"],
    ["EPERM", "not-permitted"],
    ["ECONNREFUSED", "not-listening"],
    ["EMFILE", "no-connection"],
    [undefined, "no-connection"],
  ])("takes %s for %s", (code, because) => {
    expect(unreachabilityOf(code)).toBe(because);
  });
});
