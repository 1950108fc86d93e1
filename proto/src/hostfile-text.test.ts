import { expect, it } from "vitest";
import { renderHostfile } from "./hostfile-text.ts";

it("writes a hostfile as mpirun reads it", () => {
  const entries = [
    { node: "primary", slots: 2 },
    { node: "secondary10", slots: 4 },
  ];
  expect(renderHostfile({ generation: 7n, entries })).toBe(
    "# Managed by Cowherd, generation 7; edits are replaced.\nprimary slots=2\nsecondary10 slots=4\n",
  );
});
