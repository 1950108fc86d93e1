import { expect, it } from "vitest";
import { claimedGeneration, hostfileDigest, renderHostfile } from "./hostfile-text.ts";

it("writes a hostfile as mpirun reads it", () => {
  const entries = [
    { node: "primary", slots: 2 },
    { node: "secondary10", slots: 4 },
  ];
  expect(renderHostfile({ generation: 7n, entries })).toBe(
    "# Managed by Cowherd, generation 7; edits are replaced.\nprimary slots=2\nsecondary10 slots=4\n",
  );
});

it("names the generation of a text that it wrote, and of no other", () => {
  expect(claimedGeneration(renderHostfile({ generation: 7n, entries: [] }))).toBe(7n);
  for (const text of [
    "",
    "primary slots=2\n",
    "\n# Managed by Cowherd, generation 7; …",
    "# Managed by Cowherd, generation x;",
  ]) {
    expect(claimedGeneration(text)).toBeUndefined();
  }
});

it("tells texts apart by their digest", () => {
  expect(hostfileDigest("a\n")).toMatch(/^[0-9a-f]{64}$/);
  expect(hostfileDigest("a\n")).not.toBe(hostfileDigest("a"));
});
