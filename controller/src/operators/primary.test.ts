import { expect, it } from "vitest";
import { parseClusterSpec } from "../spec/parse-cluster-spec.ts";
import { empty, enrolled, given } from "../state/cluster.fixture.ts";
import { PrimaryError, refuseMove } from "./primary.ts";

const joined = (...names: readonly string[]) => given(empty(), ...names.flatMap((name) => enrolled(name)));
const specOf = (nodes: Readonly<Record<string, number>>) =>
  parseClusterSpec(
    `nodes:\n${Object.entries(nodes)
      .map(([name, last]) => `  ${name}: { address: 192.168.56.${last} }\n`)
      .join("")}`,
  );
const renamed = parseClusterSpec(`nodes:
  head: { address: 192.168.56.10, role: primary }
  secondary1: { address: 192.168.56.11 }
`);
const moved = specOf({ primary: 99, secondary1: 11, secondary2: 12 });

it.each([
  ["nobody", joined()],
  ["only the primary", joined("primary")],
])("lets the primary have another address where %s joined", (_, state) => {
  expect(() => refuseMove(state, moved)).not.toThrow();
});

it("keeps the primary's address while another node has joined, which would look for the controller in vain", () => {
  const message =
    "the primary is at 192.168.56.10 and cannot move to 192.168.56.99: secondary1, secondary2 would look for the controller at the old address; remove them first";
  expect(() => refuseMove(joined("primary", "secondary1", "secondary2"), moved)).toThrow(new PrimaryError(message));
  expect(() => refuseMove(joined("secondary1"), moved)).toThrow(PrimaryError);
});

it("lets the primary have another address when the nodes that joined leave with it", () => {
  expect(() => refuseMove(joined("primary", "secondary1"), specOf({ primary: 99, secondary2: 12 }))).not.toThrow();
});

it.each([
  ["nobody", joined()],
  ["only another node", joined("secondary1")],
])("lets the primary have another name where %s joined", (_, state) => {
  expect(() => refuseMove(state, renamed)).not.toThrow();
});

it("keeps the primary's name once a machine has joined under it", () => {
  const message = "the primary is primary and cannot become head: the controller lives there";
  expect(() => refuseMove(joined("primary"), renamed)).toThrow(new PrimaryError(message));
});

it("lets other nodes have other addresses", () => {
  const spec = specOf({ primary: 10, secondary1: 77 });
  expect(() => refuseMove(joined("primary", "secondary1"), spec)).not.toThrow();
});
