import { describe, expect, it } from "vitest";
import type { StoredFile } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { createMemoryHost } from "../host/memory-host.ts";
import type { MemoryPythonsSeed } from "../host/memory-pythons.ts";
import { mpiProblem, pythonPackagesResource } from "./python-packages.ts";
import { resourceContract } from "./resource.contract.ts";

const signal = new AbortController().signal;
const home = "/home/mpihpc";
const prefix = `${home}/.pyenv/versions/3.11.8`;
const site = `${prefix}/lib/python3.11/site-packages`;
const own = { uid: 7777, gid: 7777 };
const user = { name: "mpihpc", ...own, home, shell: "/bin/bash" };
const file = (text = ""): StoredFile => ({ content: Buffer.from(text), mode: 0o644, ...own });
const spec = {
  id: "python-packages",
  requires: [],
  kind: "pythonPackages",
  user: "mpihpc",
  home,
  version: "3.11.8",
  packages: ["mpi4py", "Click==8.1.3"],
  findLinks: ["http://192.168.56.1/wheels/"],
} as const;

const openMpi = { vendor: "Open MPI", version: "4.1.4" };
const mpich = { vendor: "MPICH", version: "4.0.2" };

/** A host that remembers what was asked of its Pythons. */
function hostWith(pythons: MemoryPythonsSeed = {}, files: Readonly<Record<string, StoredFile>> = {}) {
  const host = createMemoryHost({
    users: [user],
    folders: { [site]: { mode: 0o755, ...own } },
    files: { "/usr/bin/mpirun": file(), [`${prefix}/bin/python3.11`]: file(), ...files },
    pythons,
  });
  const asked: string[] = [];
  const watched: Host = {
    ...host,
    pythons: {
      ...host.pythons,
      install(...args) {
        const [, , { requirements, fromSource }] = args;
        asked.push(`${fromSource ? "compile" : "install"} ${requirements.map(({ name }) => name).join(" ")}`);
        return host.pythons.install(...args);
      },
      mpiPair(...args) {
        asked.push("compare");
        return host.pythons.mpiPair(...args);
      },
    },
  };
  return { host: watched, asked };
}

/** One run as converge makes it. */
async function run(host: Host): Promise<void> {
  const look = async () => pythonPackagesResource.plan(spec, await pythonPackagesResource.read(spec, host, signal));
  for (const change of await look()) await pythonPackagesResource.apply(change, host, signal);
  expect(await look()).toEqual([]);
}

describe("Python packages", () => {
  resourceContract(pythonPackagesResource, {
    "are installed, and mpi4py is compared": { spec, host: () => hostWith().host },
    "leave others alone": {
      spec,
      host: () => hostWith({}, { [`${site}/numpy-1.26.0.dist-info/RECORD`]: file("theirs") }).host,
      foreign: ({ files }) => files.read(`${site}/numpy-1.26.0.dist-info/RECORD`),
    },
  });

  it("K13: are asked for nothing more once they are there", async () => {
    const { host, asked } = hostWith();
    await run(host);
    expect(asked).toEqual(["install mpi4py click", "compare"]);
    await run(host);
    expect(asked).toHaveLength(2);
  });

  it("are installed only where they are missing, half there or in another version than the one named", async () => {
    const there = {
      [`${site}/mpi4py-3.1.4.dist-info/METADATA`]: file(), // without the record, which pip writes last
      [`${site}/Click-8.1.3.0.dist-info/RECORD`]: file(),
    };
    const { host, asked } = hostWith({}, there);
    await run(host);
    expect(asked[0]).toBe("install mpi4py");
    const older = hostWith({}, { [`${site}/click-8.0.0.dist-info/RECORD`]: file() });
    const [change] = pythonPackagesResource.plan(spec, await pythonPackagesResource.read(spec, older.host, signal));
    expect(change && pythonPackagesResource.describe(change)).toBe("install mpi4py click for Python 3.11.8");
  });

  it.each([
    ["torch==2.3.0", "torch-2.3.0+cpu"],
    ["certifi==2024.02.02", "certifi-2024.2.2"],
    ["x==1.0-alpha1", "x-1.0a1"],
    ["x==1.0-1", "x-1.0_1"], // the name of the folder has no room for a hyphen
  ])("K13: %s is met by %s", async (requirement, folder) => {
    const { host } = hostWith({}, { [`${site}/${folder}.dist-info/RECORD`]: file() });
    const pinned = { ...spec, packages: [requirement] };
    expect(pythonPackagesResource.plan(pinned, await pythonPackagesResource.read(pinned, host, signal))).toEqual([]);
  });

  it("K9: have mpi4py compiled here, once, where it was built for another MPI than mpirun's", async () => {
    const { host, asked } = hostWith({ launcher: mpich, builtLibrary: openMpi });
    await run(host);
    expect(asked).toEqual(["install mpi4py click", "compare", "compile mpi4py", "compare"]);
    await run(host);
    expect(asked).toHaveLength(4);
  });

  it("K9: fail with both names where that does not help, and try it no more until something changes", async () => {
    const { host, asked } = hostWith({ launcher: mpich, builtLibrary: openMpi, compiledLibrary: openMpi });
    const reason = "mpi4py was built for Open MPI 4.1.4, mpirun is MPICH 4.0.2, also after it was compiled here";
    for (let round = 0; round < 3; round += 1) {
      await expect(run(host)).rejects.toMatchObject({ name: "MpiMismatchError", message: reason });
    }
    expect(asked).toHaveLength(4);
    await host.files.replace("/usr/bin/mpirun", file("another"));
    await expect(run(host)).rejects.toThrow(reason);
    expect(asked.slice(4)).toEqual(["compare", "compile mpi4py", "compare"]);
  });

  it("K9: say so where there is nothing to compile from, and keep the mpi4py that is there", async () => {
    const { host } = hostWith({ launcher: mpich, builtLibrary: openMpi, index: { mpi4py: "3.1.4", click: "8.1.3" } });
    const fails: Host = {
      ...host,
      pythons: {
        ...host.pythons,
        install: (...args) =>
          args[2].fromSource
            ? Promise.reject(Object.assign(new Error("pip install: ERROR: none"), { name: "PythonError" }))
            : host.pythons.install(...args),
      },
    };
    await expect(run(fails)).rejects.toThrow(
      "mpirun is MPICH 4.0.2; compiling it here did not work: pip install: ERROR: none",
    );
  });

  it("are asked for no more where pip failed, until an hour is over or something changes", async () => {
    let nowMs = Date.UTC(2026, 0, 1, 12);
    const { host, asked } = hostWith({ index: { click: "8.1.3" }, calendar: () => nowMs });
    const reason = "pip install: ERROR: No matching distribution found for mpi4py";
    await expect(run(host)).rejects.toMatchObject({ name: "PythonError", message: reason });
    for (let round = 0; round < 3; round += 1) {
      nowMs += 60_000;
      await expect(run(host)).rejects.toMatchObject({
        name: "PythonPausedError",
        message: expect.stringMatching(/^pip install: .* mpi4py; tried again at 2026-01-01 13:00 UTC, .*rm \/home\//),
      });
    }
    expect(asked).toEqual(["install mpi4py click"]);
    await host.files.replace(`${prefix}/bin/python3.11`, file("rebuilt"));
    await expect(run(host)).rejects.toMatchObject({ name: "PythonError" });
    const others = { ...spec, packages: ["mpi4py==4.0.0"] };
    const changes = pythonPackagesResource.plan(others, await pythonPackagesResource.read(others, host, signal));
    expect(changes.map(pythonPackagesResource.describe)[0]).toBe("install mpi4py for Python 3.11.8");
    nowMs += 60 * 60_000;
    await expect(run(host)).rejects.toMatchObject({ name: "PythonError" });
    expect(asked).toHaveLength(3);
  });

  it("are not compared where mpi4py is none of them", async () => {
    const { host, asked } = hostWith();
    const others = { ...spec, packages: ["click"] };
    const changes = pythonPackagesResource.plan(others, await pythonPackagesResource.read(others, host, signal));
    expect(changes.map(pythonPackagesResource.describe)).toEqual(["install click for Python 3.11.8"]);
    expect(asked).toEqual([]);
  });

  it("are compared again where what was kept of the last time is damaged", async () => {
    const { host, asked } = hostWith();
    await run(host);
    await host.files.replace(`${prefix}/.cowherd-mpi.json`, file('{"stamps": 1}'));
    await run(host);
    expect(asked.slice(2)).toEqual(["compare"]);
  });

  it.each([
    { packages: ["-r/etc/passwd"] },
    { packages: ["a b"] },
    { packages: ["https://x/y.whl"] },
    { findLinks: ["/etc"] },
    { findLinks: ["http://a b"] },
    { indexUrl: "file:///x" },
    { user: "root;id" },
    { home: "/home/x y" },
    { version: "3" },
  ])("refuse %j before anything is touched", async (change) => {
    const refused = { ...spec, ...change };
    await expect(pythonPackagesResource.read(refused, hostWith().host, signal)).rejects.toMatchObject({
      name: "RefusedSpecError",
    });
  });
});

describe("mpi4py and mpirun", () => {
  const pair = { launcher: openMpi, library: openMpi, problem: "" };

  it("go together in one vendor's one version", () => {
    expect(mpiProblem(pair)).toBe("");
    expect(mpiProblem({ ...pair, launcher: { ...openMpi, version: "5.0.7" } })).toBe(
      "mpi4py was built for Open MPI 4.1.4, mpirun is Open MPI 5.0.7",
    );
  });

  it("do not where one of them is not there", () => {
    expect(mpiProblem({ ...pair, launcher: undefined })).toContain("there is no mpirun");
    expect(mpiProblem({ ...pair, library: undefined, problem: "mpi4py cannot be imported: x" })).toBe(
      "mpi4py cannot be imported: x",
    );
  });
});
