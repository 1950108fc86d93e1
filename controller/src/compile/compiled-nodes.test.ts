import { expect, it } from "vitest";
import { clusterSpec, empty, enrolled, given, machine, names, proved, ran } from "../state/cluster.fixture.ts";
import { compiledNodes } from "./compiled-nodes.ts";

const joined = given(
  empty(),
  { type: "spec-applied", spec: clusterSpec() },
  ...names.flatMap((node) => enrolled(node)),
);
const settled = proved(joined);

/** The nodes of which anything was compiled between two states. */
function compiledBetween(...[before, after]: readonly [typeof settled, typeof settled]): readonly string[] {
  const [earlier, later] = [compiledNodes(before), compiledNodes(after)];
  return names.filter((node) => later.get(node) !== earlier.get(node));
}

it("compiles nothing for what a run, a lease or a proof tells", () => {
  const reported = proved(given(settled, ran(settled, "secondary1"), { type: "lease-lost", node: "secondary2" }));
  expect(compiledBetween(settled, reported)).toEqual([]);
});

it("compiles the primary alone for another hostfile", () => {
  const hostfile = { generation: 9n, entries: [{ node: "primary", slots: 2 }] };
  expect(compiledBetween(settled, given(settled, { type: "hostfile-published", hostfile }))).toEqual(["primary"]);
});

it("compiles the primary alone for another who may listen to events", () => {
  const user = { name: "dashboard", key: "UKEY", addedAt: 1 };
  expect(compiledBetween(settled, given(settled, { type: "broker-user-added", user }))).toEqual(["primary"]);
});

it("compiles a node, and the primary, for a fact that is its own", () => {
  const facts = machine("secondary1", { netplan: false });
  const changed = given(settled, { type: "facts-reported", node: "secondary1", facts });
  expect(compiledBetween(settled, changed)).toEqual(["primary", "secondary1"]);
});

it("compiles every node for a key that all must know, and once", () => {
  const facts = machine("secondary1", { userKey: "ssh-ed25519 another" });
  const changed = given(settled, { type: "facts-reported", node: "secondary1", facts });
  expect(compiledBetween(settled, changed)).toEqual(names);
  expect(compiledBetween(changed, given(changed, ran(changed, "primary")))).toEqual([]);
});
