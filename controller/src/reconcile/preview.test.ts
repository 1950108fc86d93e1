import { expect, it } from "vitest";
import { clusterSpec, empty, enrolled, given, names, proved, ran, resource } from "../state/cluster.fixture.ts";
import { preview } from "./preview.ts";
import { settle } from "./settle.ts";

const joined = settle(given(empty(), ...enrolled("primary"))).state;
const alone = proved(given(joined, ran(joined, "primary")));
const state = settle(given(alone, ...enrolled("secondary1"))).state;
const spec = clusterSpec(["primary", "secondary1", "secondary2"], "packages: [mpich]");
const previews = preview(state, spec);

it("tells of every node what it would be", () => {
  expect(previews.map(({ type, node }) => [node, type])).toEqual([
    ["primary", "joined"],
    ["secondary1", "joined"],
    ["secondary2", "absent"],
    ["secondary10", "removed"],
  ]);
});

it("shows what each would then have, the hostfile too", () => {
  const [primary] = previews;
  const resources = primary?.type === "joined" ? primary.resources : [];
  expect(resource(resources, "packages")).toMatchObject({ packages: ["mpich", "nfs-kernel-server"] });
  expect(resource(resources, "hostfile")).toMatchObject({ entries: [{ node: "primary", slots: 2 }] });
});

it("agrees with the real thing", () => {
  const { desired } = settle(given(state, { type: "spec-applied", spec }));
  for (const told of previews)
    if (told.type === "joined") expect(desired.get(told.node)?.resources).toEqual(told.resources);
});

it("changes nothing where the spec says the same", () => {
  const same = preview(state, clusterSpec(names)).flatMap((told) => (told.type === "joined" ? [told.resources] : []));
  expect(same).toHaveLength(2);
  expect(settle(given(state, { type: "spec-applied", spec: clusterSpec(names) })).desired.size).toBe(0);
});
