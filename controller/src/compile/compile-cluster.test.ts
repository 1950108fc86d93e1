import {
  createDesiredState,
  hostfileDigest,
  parseDesiredState,
  type ResourceSpec,
  renderHostfile,
  toWireDesiredState,
} from "@cowherd/proto";
import { describe, expect, it } from "vitest";
import { parseClusterSpec } from "../spec/parse-cluster-spec.ts";
import { clusterSpec, empty, enrolled, given, machine, names, resource } from "../state/cluster.fixture.ts";
import { compileCluster } from "./compile-cluster.ts";

const joined = given(empty(), ...enrolled("primary"), ...enrolled("secondary1"));
const hostfile = { generation: 3n, entries: [{ node: "primary", slots: 2 }] };
const published = given(joined, { type: "hostfile-published", hostfile });
const compiled = compileCluster(published);
const [primary, secondary] = [compiled.get("primary"), compiled.get("secondary1")];

/** What is compiled of the event broker is last, and has tests of its own. */
const beforeBroker = (resources: readonly ResourceSpec[] | undefined) =>
  (resources ?? []).filter(({ id }) => !id.startsWith("events-"));

describe("what a node should be", () => {
  it("is compiled for the joined ones alone", () => {
    expect([...compiled.keys()]).toEqual(["primary", "secondary1"]);
  });

  it("has the network first, and the packages after all that is quick", () => {
    expect(beforeBroker(primary).map(({ id }) => id)).toEqual([
      "network",
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
      "shared-folder",
      "shared-export",
    ]);
    expect(secondary?.map(({ id }) => id).slice(-3)).toEqual(["packages", "mpi-parameters", "shared-mount"]);
  });

  it("is a desired state that an agent takes whole", () => {
    const whole = given(published, {
      type: "spec-applied",
      spec: clusterSpec(names, "python: {}\nshared: {}\nnetwork: {}\nhostfile: { path: /home/mpihpc/h, mpich: on }"),
    });
    for (const resources of [...compiled.values(), ...compileCluster(whole).values()]) {
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

  it("tells the primary what the hostfiles before were, so that it knows an edit by hand", () => {
    expect(resource(primary, "hostfile")).toMatchObject({ formerSha256: [] });
    const next = { generation: 4n, entries: [{ node: "primary", slots: 1 }] };
    const later = given(published, { type: "hostfile-published", hostfile: next });
    expect(resource(compileCluster(later).get("primary"), "hostfile")).toMatchObject({
      ...next,
      formerSha256: [hostfileDigest(renderHostfile(hostfile))],
    });
  });

  it("names the hostfile to MPI where there is one", () => {
    const before = resource(compileCluster(joined).get("primary"), "mpi-parameters");
    expect(before).toMatchObject({ defaultHostfile: undefined, subnet: "192.168.56.0/24" });
    expect(resource(primary, "mpi-parameters")).toMatchObject({ defaultHostfile: "/home/mpihpc/.cluster_hostfile" });
    expect(resource(secondary, "mpi-parameters")).toMatchObject({ defaultHostfile: undefined });
  });

  it("has the hostfile in other forms beside it where they are asked for, each for itself", () => {
    const resources = compileCluster(
      given(published, {
        type: "spec-applied",
        spec: clusterSpec(names, "hostfile: { mpich: on, intel: /home/mpihpc/impi }"),
      }),
    ).get("primary");
    const path = "/home/mpihpc/.cluster_hostfile";
    const common = { ...hostfile, requires: ["user"], owner: "mpihpc", group: "mpihpc" };
    expect(resource(resources, "hostfile")).toMatchObject({ ...common, path, form: undefined });
    expect(resource(resources, "hostfile-mpich")).toMatchObject({ ...common, path: `${path}.mpich`, form: "hydra" });
    expect(resource(resources, "hostfile-intel")).toMatchObject({
      ...common,
      path: "/home/mpihpc/impi",
      form: "hydra",
    });
    for (const id of ["hostfile-mpich", "hostfile-intel", "stale-hostfiles"]) {
      expect(resource(primary, id)).toBeUndefined();
      expect(resource(secondary, id)).toBeUndefined();
    }
  });

  it("has a hostfile taken away that is asked for no more, once no parameter names it", () => {
    const moved = given(published, { type: "spec-applied", spec: clusterSpec(names, "hostfile: /home/mpihpc/h") });
    const compiledAnew = compileCluster(moved);
    expect(resource(compiledAnew.get("primary"), "stale-hostfiles")).toEqual({
      id: "stale-hostfiles",
      requires: ["mpi-parameters"],
      kind: "staleHostfiles",
      paths: ["/home/mpihpc/.cluster_hostfile"],
    });
    expect(resource(compiledAnew.get("secondary1"), "stale-hostfiles")).toBeUndefined();
  });

  it("H35: tells MPI of more slots than cores where the hostfile has them, on the primary alone", () => {
    const threads = { online: 4, schedulable: 4, quota: undefined, cores: 2 };
    const facts = machine("secondary1", { processors: threads });
    const told = (slots: number, state = published) =>
      compileCluster(
        given(
          state,
          { type: "facts-reported", node: "secondary1", facts },
          {
            type: "hostfile-published",
            hostfile: {
              generation: 4n,
              entries: [
                { node: "secondary1", slots },
                { node: "gone", slots: 99 },
              ],
            },
          },
        ),
      );
    expect(resource(told(4).get("primary"), "mpi-parameters")).toMatchObject({ overloads: true });
    expect(resource(told(4).get("secondary1"), "mpi-parameters")).toMatchObject({ overloads: false });
    expect(resource(told(2).get("primary"), "mpi-parameters")).toMatchObject({ overloads: false });
    expect(resource(primary, "mpi-parameters")).toMatchObject({ overloads: false });
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

const applied = (more: string, state = published) =>
  compileCluster(given(state, { type: "spec-applied", spec: clusterSpec(names, more) }));
const ids = (resources: readonly ResourceSpec[] | undefined) => resources?.map(({ id }) => id) ?? [];

describe("the network of a node", () => {
  it("is its address with the subnet's prefix", () => {
    expect(resource(secondary, "network")).toEqual({
      id: "network",
      requires: [],
      kind: "network",
      address: "192.168.56.11/24",
      mac: undefined,
      nameservers: ["1.1.1.1", "8.8.8.8"],
      confirmSeconds: 60,
      demanded: false,
    });
    expect(resource(applied("subnet: 192.168.0.0/16").get("secondary1"), "network")).toMatchObject({
      address: "192.168.56.11/16",
    });
  });

  it("is demanded where the operator wrote it down", () => {
    expect(resource(applied("network: {}").get("secondary1"), "network")).toMatchObject({ demanded: true });
  });

  it("is on the NIC that the spec names", () => {
    const spec = parseClusterSpec("nodes: { primary: { address: 192.168.56.10, mac: 08:00:27:4b:9c:01 } }");
    const state = given(published, { type: "spec-applied", spec });
    expect(resource(compileCluster(state).get("primary"), "network")).toMatchObject({ mac: "08:00:27:4b:9c:01" });
  });

  it("is left alone where netplan does not configure it, and where it is off", () => {
    const bare = given(empty(), ...enrolled("primary", machine("primary", { netplan: false })));
    expect(ids(compileCluster(bare).get("primary"))).not.toContain("network");
    expect(ids(applied("network: off").get("primary"))).not.toContain("network");
  });
});

describe("the shared folder", () => {
  it("is exported by the primary to the subnet, and mounted by the others from its address", () => {
    expect(beforeBroker(primary).slice(-2)).toEqual([
      {
        id: "shared-folder",
        requires: ["user"],
        kind: "directory",
        path: "/home/mpihpc/shared",
        owner: "mpihpc",
        group: "mpihpc",
        mode: 0o755,
      },
      {
        id: "shared-export",
        requires: ["packages", "shared-folder"],
        kind: "nfsExport",
        path: "/home/mpihpc/shared",
        clients: "192.168.56.0/24",
        options: ["rw", "sync", "no_root_squash", "no_subtree_check"],
      },
    ]);
    expect(secondary?.at(-1)).toEqual({
      id: "shared-mount",
      requires: ["packages", "hosts", "user"],
      kind: "nfsMount",
      server: "primary",
      serverAddress: "192.168.56.10",
      remotePath: "/home/mpihpc/shared",
      path: "/home/mpihpc/shared",
    });
  });

  it("brings each side's package, once, after the operator's own", () => {
    const compiledWith = applied("packages: [nfs-common, gcc]");
    expect(resource(compiledWith.get("primary"), "packages")).toMatchObject({
      packages: ["nfs-common", "gcc", "nfs-kernel-server"],
    });
    expect(resource(compiledWith.get("secondary1"), "packages")).toMatchObject({ packages: ["nfs-common", "gcc"] });
  });

  const unable = given(
    empty(),
    ...enrolled("primary", machine("primary", { nfs: { server: false, client: false } })),
    ...enrolled("secondary1"),
  );

  it("is left out on all nodes where the primary's kernel cannot serve it, unless it was asked for", () => {
    const shared = ["shared-folder", "shared-export", "shared-mount", "nfs-common"];
    for (const resources of compileCluster(unable).values()) {
      for (const id of shared) expect(ids(resources)).not.toContain(id);
      expect(resource(resources, "packages")).toMatchObject({
        packages: ["openmpi-bin", "openmpi-common", "libopenmpi-dev"],
      });
    }
    const asked = applied("shared: {}", unable);
    expect(ids(asked.get("primary"))).toContain("shared-export");
    expect(ids(asked.get("secondary1"))).toContain("shared-mount");
  });

  it.each([
    ["cannot mount it", { nfs: { server: true, client: false } }],
    ["never told whether it can", { nfs: undefined }],
  ])("is left out on a secondary that %s, unless it was asked for", (_, over) => {
    const state = given(published, ...enrolled("secondary2", machine("secondary2", over)));
    const left = compileCluster(state);
    expect(ids(left.get("secondary2"))).not.toContain("shared-mount");
    expect(resource(left.get("secondary2"), "packages")).toMatchObject({
      packages: expect.not.arrayContaining(["nfs-common"]),
    });
    expect(ids(left.get("secondary1"))).toContain("shared-mount");
    expect(ids(left.get("primary"))).toContain("shared-export");
    const asked = applied("shared: {}", state).get("secondary2");
    expect(ids(asked)).toContain("shared-mount");
    expect(resource(asked, "packages")).toMatchObject({ packages: expect.arrayContaining(["nfs-common"]) });
  });

  it("is left out while nobody knows what the primary can do, and where it is off", () => {
    expect(ids(compileCluster(given(empty(), ...enrolled("secondary1"))).get("secondary1"))).not.toContain(
      "shared-mount",
    );
    expect(ids(applied("shared: off").get("secondary1"))).not.toContain("shared-mount");
  });
});

describe("Python", () => {
  const compiledWith = applied(`python: { pyenvSha256: ${"ab".repeat(32)}, findLinks: [http://10.0.0.1/] }`);

  it("is built for the user on every node, with the manual's packages before it", () => {
    for (const resources of [...compiledWith.values()].map(beforeBroker)) {
      expect(ids(resources).slice(-2)).toEqual(["python", "python-packages"]);
      expect(resources.at(-2)).toMatchObject({
        requires: ["user", "packages"],
        user: "mpihpc",
        home: "/home/mpihpc",
        version: "3.11.8",
        pyenvSha256: "ab".repeat(32),
        mirrorUrl: undefined,
      });
      expect(resources.at(-1)).toMatchObject({
        requires: ["python", "mpi-parameters"],
        packages: ["mpi4py", "click"],
        indexUrl: undefined,
        findLinks: ["http://10.0.0.1/"],
      });
      const packages = resource(resources, "packages");
      expect(packages?.kind === "packageSet" ? packages.packages : []).toEqual(
        expect.arrayContaining(["openmpi-bin", "build-essential", "tk-dev", "zlib1g-dev"]),
      );
    }
  });

  it("is nothing where nobody asks for it, and installs nothing where no packages are wanted", () => {
    expect(ids(primary)).not.toContain("python");
    expect(ids(beforeBroker(applied("python: { packages: [] }").get("primary"))).at(-1)).toBe("python");
  });
});
