import { describe, expect, it } from "vitest";
import { clusterSpec, empty, enrolled, given, machine, names } from "./cluster.fixture.ts";
import type { ClusterEvent } from "./cluster-state.ts";
import { initialState } from "./initial-state.ts";
import { noticesOf } from "./notices.ts";

const outside = /^subnet 192\.168\.0\.0\/16 is outside 192\.168\.56\.0\/21: .*\/etc\/vbox\/networks\.conf/;
const wide = initialState(clusterSpec(names, "subnet: 192.168.0.0/16"), 1n);
const nic = (mac: string) => ({ interfaces: [{ name: "enp0s8", mac, addresses: ["192.168.56.10/16"] }] });

it("has nothing to say of the manual's cluster, before and after machines join", () => {
  expect(noticesOf(empty())).toEqual([]);
  expect(noticesOf(given(empty(), ...enrolled("primary"), ...enrolled("secondary1")))).toEqual([]);
});

describe("a primary that is kept out of the hostfile", () => {
  const kept: ClusterEvent = { type: "spec-applied", spec: clusterSpec(names, "hostfile: { primary: off }") };
  const ready = given(empty(), ...enrolled("primary"), { type: "node-admitted", node: "primary" });
  const published: ClusterEvent = {
    type: "hostfile-published",
    hostfile: { generation: 3n, entries: [{ node: "primary", slots: 2 }] },
  };

  it("H38: is told where nobody else is ready, since the last hostfile stands or none is there", () => {
    const hint = 'no node but primary is ready, and "hostfile: { primary: off }" keeps it out';
    expect(noticesOf(given(ready, kept))).toEqual([`there is no hostfile yet: ${hint}`]);
    expect(noticesOf(given(ready, published, kept))).toEqual([`the hostfile stays at generation 3: ${hint}`]);
  });

  it("is nothing to tell of with another that is ready, before it is ready itself, and where it is not kept out", () => {
    const other = given(ready, kept, ...enrolled("secondary1"), { type: "node-admitted", node: "secondary1" });
    for (const state of [other, given(empty(), kept), ready]) expect(noticesOf(state)).toEqual([]);
  });
});

it("E10: tells of a subnet that VirtualBox does not allow, and where it is allowed", () => {
  expect(noticesOf(wide)).toEqual([expect.stringMatching(outside)]);
  const joined = given(wide, ...enrolled("primary", machine("primary", nic("08:00:27:4b:9c:01"))));
  expect(noticesOf(joined)).toEqual([expect.stringMatching(outside)]);
  const inside = clusterSpec(names, "subnet: 192.168.56.0/22");
  expect(noticesOf(initialState(inside, 1n))).toEqual([]);
});

it("E10: says nothing of VirtualBox to machines that are not its own", () => {
  expect(noticesOf(given(wide, ...enrolled("primary", machine("primary", nic("52:54:00:00:00:01")))))).toEqual([]);
});

it("tells that the folder is not shared where the primary's kernel cannot, and nobody asked for it", () => {
  const facts = machine("primary", { nfs: { server: false, client: true } });
  const state = given(empty(), ...enrolled("primary", facts));
  expect(noticesOf(state)).toEqual([
    '/home/mpihpc/shared is not shared: the kernel of primary cannot serve NFS; "shared: off" says that it should not be',
  ]);
  for (const more of ["shared: {}", "shared: off"]) {
    expect(noticesOf(given(state, { type: "spec-applied", spec: clusterSpec(names, more) }))).toEqual([]);
  }
});

it("tells which machines configure their network by something else than netplan, in whatever order they joined", () => {
  const many = names.toReversed().flatMap((name) => enrolled(name, machine(name, { netplan: false })));
  const state = given(empty(), ...many);
  expect(noticesOf(state)).toEqual([
    'the network is left as it is on primary, secondary1, secondary2, secondary10: there is no netplan; "network: off" says that it should be',
  ]);
  expect(noticesOf(given(state, { type: "spec-applied", spec: clusterSpec(names, "network: off") }))).toEqual([]);
});

it("does not guess what machines have whose agents never told", () => {
  const silent = { nfs: undefined, netplan: undefined };
  const many = names.flatMap((name) => enrolled(name, machine(name, silent)));
  expect(noticesOf(given(empty(), ...many))).toEqual([]);
});

it("tells which machines cannot mount the shared folder, where there is one and nobody asked for it", () => {
  const unable = machine("secondary2", { nfs: { server: true, client: false } });
  const state = given(empty(), ...enrolled("primary"), ...enrolled("secondary1"), ...enrolled("secondary2", unable));
  expect(noticesOf(state)).toEqual([
    '/home/mpihpc/shared is not mounted on secondary2: the kernel there cannot use NFS; "shared: off" says that it should not be',
  ]);
  const primary = machine("primary", { nfs: { server: false, client: true } });
  expect(noticesOf(given(state, { type: "facts-reported", node: "primary", facts: primary }))).toEqual([
    expect.stringContaining("the kernel of primary cannot serve NFS"),
  ]);
  for (const more of ["shared: {}", "shared: off"]) {
    expect(noticesOf(given(state, { type: "spec-applied", spec: clusterSpec(names, more) }))).toEqual([]);
  }
});

it("names a few of very many machines", () => {
  const spec = clusterSpec(["primary", ...Array.from({ length: 9 }, (_, n) => `secondary${n + 1}`)]);
  const state = [...spec.nodes.keys()].reduce(
    (now, name) => given(now, ...enrolled(name, machine(name, { netplan: false }))),
    initialState(spec, 1n),
  );
  expect(noticesOf(state)[0]).toContain("secondary4 and 5 more: there is no netplan");
});
