import type { Outcome, ResourceSpec } from "@cowherd/proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { converge, watchedPaths } from "./converge.ts";
import type { Host } from "./host/host.ts";
import { createMemoryHost } from "./host/memory-host.ts";

const signal = new AbortController().signal;

function file(id: string, ...requires: readonly string[]): ResourceSpec {
  const access = { owner: "root", group: "root", mode: 0o644 };
  return { id, requires, kind: "file", path: `/etc/${id}`, content: `${id}\n`, ...access };
}

/** Cannot be brought about: nobody makes its owner. */
function broken(id: string, ...requires: readonly string[]): ResourceSpec {
  return { id, requires, kind: "directory", path: `/etc/${id}`, owner: "ghost", group: "root", mode: 0o755 };
}

const ends = (outcomes: readonly Outcome[]) => outcomes.map(({ resource, end }) => `${resource} ${end}`);

/** A whole node, as a controller describes it. */
const node: readonly ResourceSpec[] = [
  { id: "hostname", requires: [], kind: "hostname", name: "primary" },
  {
    id: "hosts",
    requires: [],
    kind: "hostsBlock",
    entries: [{ name: "primary", address: "192.168.56.10" }],
    ownName: "primary",
  },
  {
    id: "user",
    requires: [],
    kind: "user",
    name: "mpihpc",
    uid: 7777,
    gid: 7777,
    home: "/home/mpihpc",
    shell: "/bin/bash",
    groups: ["sudo"],
  },
  { id: "packages", requires: [], kind: "packageSet", packages: ["openmpi-bin"], quietUnits: [] },
  { id: "ssh-key", requires: ["user"], kind: "sshKey", user: "mpihpc", path: "/home/mpihpc/.ssh/id_ed25519" },
  {
    id: "authorized-keys",
    requires: ["user"],
    kind: "authorizedKeys",
    user: "mpihpc",
    path: "/home/mpihpc/.ssh/authorized_keys",
    keys: ["ssh-ed25519 AAAAC3Nz mpihpc@primary"],
  },
  {
    id: "known-hosts",
    requires: [],
    kind: "knownHosts",
    hosts: [{ names: ["primary"], keys: ["ssh-ed25519 AAAAC3Nz"] }],
  },
  { id: "mpi", requires: ["packages"], kind: "mpiParameters", subnet: "192.168.56.0/24", overloads: false },
  {
    id: "hostfile",
    requires: ["user"],
    kind: "hostfile",
    path: "/home/mpihpc/.cluster_hostfile",
    owner: "mpihpc",
    group: "mpihpc",
    generation: 1n,
    entries: [{ node: "primary", slots: 2 }],
    formerSha256: [],
  },
  file("motd"),
  { id: "shared", requires: [], kind: "directory", path: "/srv/shared", owner: "root", group: "root", mode: 0o755 },
];

const rootFolder = { mode: 0o755, uid: 0, gid: 0 };
const plainHost = () =>
  createMemoryHost({
    groups: [{ name: "sudo", gid: 27, members: [] }],
    folders: { "/home": rootFolder, "/srv": rootFolder, "/etc/ssh": rootFolder, "/etc/openmpi": rootFolder },
    files: { "/etc/hosts": "127.0.0.1 localhost\n127.0.1.1 primary\n" },
  });

describe("converge", () => {
  it("brings a plain host to every kind of resource, and has nothing to do the second time", async () => {
    const host = plainHost();
    expect(ends(await converge(node, host, "apply", signal))).toEqual(node.map(({ id }) => `${id} changed`));
    expect(ends(await converge(node, host, "apply", signal))).toEqual(node.map(({ id }) => `${id} in-sync`));
  });

  it("finds in a check what a run then does, and changes nothing", async () => {
    const host = plainHost();
    const check = await converge(node, host, "check", signal);
    expect(check.filter(({ end }) => end !== "changed")).toEqual([]);
    expect(await converge(node, host, "check", signal)).toEqual(check);
    expect((await host.accounts.read()).users.map(({ name }) => name)).toEqual(["root"]);
  });

  it("is at rest after one run, whatever subset of a node it is given", async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray([...node]), async (some) => {
        const ids = new Set(some.map(({ id }) => id));
        const closed = some.filter(({ requires }) => requires.every((id) => ids.has(id)));
        const host = plainHost();
        await converge(closed, host, "apply", signal);
        expect((await converge(closed, host, "apply", signal)).filter(({ end }) => end !== "in-sync")).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it("skips what requires a failure, also through others, and nothing else", async () => {
    const outcomes = await converge(
      [broken("a"), file("b", "a"), file("c", "b"), file("d"), file("e", "d")],
      createMemoryHost(),
      "apply",
      signal,
    );
    expect(outcomes.slice(1)).toEqual([
      { resource: "b", end: "skipped", because: "a" },
      { resource: "c", end: "skipped", because: "a" },
      { resource: "d", end: "changed", changes: ["write /etc/d"] },
      { resource: "e", end: "changed", changes: ["write /etc/e"] },
    ]);
    expect(outcomes[0]).toEqual({ resource: "a", end: "failed", reason: "/etc/a: no such owner, ghost:root" });
  });

  it("skips exactly what a failure reaches, in any graph", async () => {
    const plans = fc.array(fc.record({ fails: fc.boolean(), requires: fc.array(fc.nat(9), { maxLength: 3 }) }), {
      maxLength: 10,
    });
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const resources = plan.map(({ fails, requires }, index) => {
          const earlier = requires.filter((required) => required < index).map((required) => `r${required}`);
          return fails ? broken(`r${index}`, ...earlier) : file(`r${index}`, ...earlier);
        });
        const outcomes = await converge(resources, createMemoryHost(), "apply", signal);
        const bad = new Set(outcomes.filter(({ end }) => end !== "changed").map(({ resource }) => resource));
        for (const [index, { id, requires, kind }] of resources.entries()) {
          const reached = requires.some((required) => bad.has(required));
          expect(outcomes[index]?.end).toBe(reached ? "skipped" : kind === "directory" ? "failed" : "changed");
          expect(bad.has(id)).toBe(reached || kind === "directory");
        }
      }),
      { numRuns: 100 },
    );
  });

  it("fails a resource that does not stay changed", async () => {
    const host = createMemoryHost();
    const deaf: Host = { ...host, files: { ...host.files, replace: async () => {} } };
    expect(await converge([file("a")], deaf, "apply", signal)).toEqual([
      { resource: "a", end: "failed", reason: "still to do: write /etc/a" },
    ]);
  });

  it("takes an unexpected exception for that resource's failure, told in one line", async () => {
    const host = createMemoryHost();
    const sick: Host = {
      ...host,
      packages: { ...host.packages, installed: () => Promise.reject(new TypeError("a\n\tb\x1b[31m")) },
    };
    const packages: ResourceSpec = {
      id: "packages",
      requires: [],
      kind: "packageSet",
      packages: ["vim"],
      quietUnits: [],
    };
    expect(await converge([packages, file("b")], sick, "apply", signal)).toEqual([
      { resource: "packages", end: "failed", reason: "a b [31m" },
      { resource: "b", end: "changed", changes: ["write /etc/b"] },
    ]);
  });

  it("tells each change before it is made and each outcome after", async () => {
    const told: string[] = [];
    const host = createMemoryHost();
    const replace: Host["files"]["replace"] = async (path, stored) => {
      told.push(`replaces ${path}`);
      await host.files.replace(path, stored);
    };
    await converge([file("a"), file("b")], { ...host, files: { ...host.files, replace } }, "apply", signal, {
      activity: (text) => told.push(text),
      outcome: ({ resource, end }) => told.push(`${resource} ${end}`),
    });
    expect(told).toEqual([
      "a: write /etc/a",
      "replaces /etc/a",
      "a changed",
      "b: write /etc/b",
      "replaces /etc/b",
      "b changed",
    ]);
  });

  it("tells how slow work goes, in the name of its resource", async () => {
    const told: string[] = [];
    const host = createMemoryHost();
    const install: Host["packages"]["install"] = async (names, _signal, progress) => {
      progress?.("unpacking, 1 of 2 done");
      await host.packages.install(names, signal);
    };
    const packages: ResourceSpec = {
      id: "packages",
      requires: [],
      kind: "packageSet",
      packages: ["vim"],
      quietUnits: [],
    };
    await converge([packages], { ...host, packages: { ...host.packages, install } }, "apply", signal, {
      activity: (text) => told.push(text),
      outcome: () => {},
    });
    expect(told).toEqual(["packages: install vim", "packages: unpacking, 1 of 2 done"]);
  });

  it("rejects with the signal's reason when aborted amid a change, and fails nothing", async () => {
    const stop = new AbortController();
    const host = createMemoryHost();
    const install = () => {
      stop.abort(new Error("going down"));
      return Promise.reject(new Error("interrupted"));
    };
    const told: Outcome[] = [];
    const packages: ResourceSpec = {
      id: "packages",
      requires: [],
      kind: "packageSet",
      packages: ["vim"],
      quietUnits: [],
    };
    const run = converge(
      [packages, file("b")],
      { ...host, packages: { ...host.packages, install } },
      "apply",
      stop.signal,
      {
        activity: () => {},
        outcome: (outcome) => told.push(outcome),
      },
    );
    await expect(run).rejects.toThrow("going down");
    expect(told).toEqual([]);
    expect(await host.files.read("/etc/b")).toBeUndefined();
  });

  it("does not begin when it is aborted already", async () => {
    await expect(converge([file("a")], createMemoryHost(), "apply", AbortSignal.abort("stop"))).rejects.toBe("stop");
  });
});

it("lists every watched file once", () => {
  const paths = watchedPaths([...node, ...node]);
  expect(paths).toContain("/home/mpihpc/.cluster_hostfile");
  expect(paths).toContain("/etc/passwd");
  expect(new Set(paths).size).toBe(paths.length);
});

it("lets a check use no automount, and an apply use it", async () => {
  const path = "/srv/shared";
  const server = { server: "primary", serverAddress: "192.168.56.10", remotePath: path };
  const mount: ResourceSpec = { id: "shared-mount", requires: [], kind: "nfsMount", ...server, path };
  const host = createMemoryHost({ folders: { [path]: rootFolder }, mounts: { servers: { primary: "192.168.56.10" } } });
  const types = async () => (await host.mounts.look(path)).mounted.map(({ type }) => type);
  await converge([mount], host, "apply", signal);
  await host.mounts.detach(path, signal);
  expect(ends(await converge([mount], host, "check", signal))).toEqual(["shared-mount in-sync"]);
  expect(await types()).toEqual(["autofs"]);
  expect(ends(await converge([mount], host, "apply", signal))).toEqual(["shared-mount in-sync"]);
  expect(await types()).toEqual(["autofs", "nfs4"]);
});
