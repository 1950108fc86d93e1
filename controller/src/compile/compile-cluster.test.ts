import { createDesiredState, parseDesiredState, toWireDesiredState } from "@cowherd/proto";
import { describe, expect, it } from "vitest";
import { clusterSpec, empty, enrolled, given, machine, names, resource } from "../state/cluster.fixture.ts";
import { compileCluster } from "./compile-cluster.ts";

const joined = given(empty(), ...enrolled("primary"), ...enrolled("secondary1"));
const hostfile = { generation: 3n, entries: [{ node: "primary", slots: 2 }] };
const published = given(joined, { type: "hostfile-published", hostfile });
const compiled = compileCluster(published);
const [primary, secondary] = [compiled.get("primary"), compiled.get("secondary1")];

describe("what a node should be", () => {
  it("is compiled for the joined ones alone", () => {
    expect([...compiled.keys()]).toEqual(["primary", "secondary1"]);
  });

  it("has the packages after all that is quick", () => {
    expect(primary?.map(({ id }) => id)).toEqual([
      "hostname",
      "hosts",
      "user",
      "ssh-folder",
      "ssh-key",
      "authorized-keys",
      "known-hosts",
      "hostfile",
      "packages",
      "mpi-parameters",
    ]);
  });

  it("is a desired state that an agent takes whole", () => {
    for (const resources of compiled.values()) {
      const desired = createDesiredState({ epoch: 1n, generation: 1n }, resources);
      expect(parseDesiredState(toWireDesiredState(desired))).toMatchObject({ revision: desired.revision });
    }
  });

  it("names every node of the spec among the hosts, joined or not", () => {
    expect(resource(secondary, "hosts")).toMatchObject({
      ownName: "secondary1",
      entries: names.map((name) => ({ name })),
    });
  });

  it("carries the keys of the joined nodes, the own among them", () => {
    expect(resource(secondary, "authorized-keys")).toMatchObject({
      keys: ["ssh-ed25519 user+primary mpihpc@primary", "ssh-ed25519 user+s1 mpihpc@secondary1"],
    });
    expect(resource(secondary, "known-hosts")).toMatchObject({
      hosts: [
        { names: ["primary", "192.168.56.10"], keys: ["ssh-ed25519 host+primary"] },
        { names: ["secondary1", "192.168.56.11"], keys: ["ssh-ed25519 host+s1"] },
      ],
    });
  });

  it("lists no node without keys, and none that went", () => {
    const bare = given(empty(), ...enrolled("primary", machine("primary", { hostKeys: [], userKey: undefined })));
    const gone = given(joined, { type: "node-removed", node: "secondary1" });
    expect(resource(compileCluster(bare).get("primary"), "known-hosts")).toMatchObject({ hosts: [] });
    expect(resource(compileCluster(bare).get("primary"), "authorized-keys")).toMatchObject({ keys: [] });
    expect(resource(compileCluster(gone).get("primary"), "known-hosts")).toMatchObject({
      hosts: [{ names: ["primary", "192.168.56.10"] }],
    });
  });

  it("has the hostfile on the primary alone", () => {
    expect(resource(primary, "hostfile")).toMatchObject({
      ...hostfile,
      path: "/home/mpihpc/.cluster_hostfile",
      owner: "mpihpc",
    });
    expect(resource(secondary, "hostfile")).toBeUndefined();
  });

  it("names the hostfile to MPI where there is one", () => {
    const before = resource(compileCluster(joined).get("primary"), "mpi-parameters");
    expect(before).toMatchObject({ defaultHostfile: undefined, subnet: "192.168.56.0/24" });
    expect(resource(primary, "mpi-parameters")).toMatchObject({ defaultHostfile: "/home/mpihpc/.cluster_hostfile" });
    expect(resource(secondary, "mpi-parameters")).toMatchObject({ defaultHostfile: undefined });
  });

  it("names the hostfile to MPI only once it stands, since every mpirun dies of a missing one", () => {
    expect(resource(primary, "mpi-parameters")).toMatchObject({ requires: ["packages", "hostfile"] });
    for (const resources of [secondary, compileCluster(joined).get("primary")]) {
      expect(resource(resources, "mpi-parameters")).toMatchObject({ requires: ["packages"] });
    }
  });

  it("does not depend on the order in which nodes joined", () => {
    const other = given(empty(), ...enrolled("secondary1"), ...enrolled("primary"));
    expect([...compileCluster(other)]).toEqual([...compileCluster(joined)]);
  });

  it("is of the user that the spec names", () => {
    const other = given(joined, {
      type: "spec-applied",
      spec: clusterSpec(names, "user: { name: ada, uid: 1234, groups: [] }"),
    });
    expect(resource(compileCluster(other).get("primary"), "ssh-key")).toMatchObject({
      user: "ada",
      path: "/home/ada/.ssh/id_ed25519",
    });
  });
});
