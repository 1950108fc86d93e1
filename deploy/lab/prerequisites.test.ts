import { describe, expect, it } from "vitest";
import { judgeMachine, readDistributions } from "./prerequisites.ts";

const good = { platform: "linux", uid: 0, distributions: ["debian"], hasUnifiedCgroups: true };

describe("a machine", () => {
  it("can run a lab if it is a Debian or Ubuntu of ours", () => {
    expect(judgeMachine(good)).toBeUndefined();
    expect(judgeMachine({ ...good, distributions: ["linuxmint", "ubuntu", "debian"] })).toBeUndefined();
  });

  it.each([
    [{ platform: "darwin" }, "Linux only"],
    [{ distributions: ["fedora"] }, "this is fedora"],
    [{ distributions: [] }, "no known distribution"],
    [{ uid: 1000 }, "needs root"],
    [{ hasUnifiedCgroups: false }, "version 2 cgroups"],
  ])("that is %j is told why it cannot", (change, reason) => {
    expect(judgeMachine({ ...good, ...change })).toContain(reason);
  });
});

it("reads a distribution and what it is like", () => {
  expect(readDistributions('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n')).toEqual([
    "linuxmint",
    "ubuntu",
    "debian",
  ]);
  expect(readDistributions('ID="debian"\n')).toEqual(["debian"]);
});
