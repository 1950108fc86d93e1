import type { SpecOf } from "@cowherd/proto";
import { describe, expect, it } from "vitest";
import { createMemoryHost, type MemoryHostSeed } from "../host/memory-host.ts";
import { mpiParametersResource } from "./mpi-parameters.ts";
import { resourceContract } from "./resource.contract.ts";

const signal = new AbortController().signal;
const openMpi = "/etc/openmpi/openmpi-mca-params.conf";
const prrte = "/etc/openmpi/prte-mca-params.conf";
const ucx = "/etc/ucx/ucx.conf";
const spec = {
  id: "mpi",
  requires: [],
  kind: "mpiParameters",
  subnet: "192.168.56.0/24",
  defaultHostfile: "/home/mpihpc/.cluster_hostfile",
  overloads: false,
} as const;
const { defaultHostfile: _none, ...secondary } = spec;

const blockOf = (...lines: string[]) => ["# BEGIN COWHERD", ...lines, "# END COWHERD", ""].join("\n");
const block4 = blockOf(
  "btl_tcp_if_include = 192.168.56.0/24",
  "oob_tcp_if_include = 192.168.56.0/24",
  "orte_default_hostfile = /home/mpihpc/.cluster_hostfile",
);
const block5 = blockOf("btl_tcp_if_include = 192.168.56.0/24");
const blockPrrte = blockOf(
  "prte_if_include = 192.168.56.0/24",
  "ptl_base_if_include = 192.168.56.0/24",
  "prte_default_hostfile = /home/mpihpc/.cluster_hostfile",
);
const packaged = "# comments\npml = ^ucx\nosc = ^ucx,pt2pt"; // Debian's file ends so, without a line feed
const addresses = [
  { interface: "lo", address: "127.0.0.1" },
  { interface: "docker0", address: "172.17.0.1" },
  { interface: "enp0s3", address: "10.0.2.15" },
  { interface: "enp0s8", address: "192.168.56.11" },
];
const binary = { content: Buffer.from("\x7fELF"), mode: 0o755, uid: 0, gid: 0 };
const version4 = { [openMpi]: packaged };
const version5 = { [openMpi]: packaged, [prrte]: "# PRRTE's\n", "/usr/bin/prterun": binary };
const mpich = { "/usr/bin/mpiexec.hydra": binary };
const host = (files: MemoryHostSeed["files"] = {}) =>
  createMemoryHost({ files, addresses, folders: { "/etc": { mode: 0o755, uid: 0, gid: 0 } } });

async function plan(on: ReturnType<typeof host>, of: SpecOf<"mpiParameters"> = spec) {
  return mpiParametersResource.plan(of, await mpiParametersResource.read(of, on, signal));
}

/** Returns each of MPI's files as it is after one run; undefined where there is none. */
async function converged(files: MemoryHostSeed["files"]) {
  const on = host(files);
  for (const change of await plan(on)) await mpiParametersResource.apply(change, on, signal);
  const text = async (path: string) => (await on.files.read(path))?.content.toString();
  return { openMpi: await text(openMpi), prrte: await text(prrte), ucx: await text(ucx) };
}

describe("MPI parameters", () => {
  resourceContract(mpiParametersResource, {
    "adds the block to Open MPI 4's packaged file": { spec, host: () => host(version4) },
    "makes an absent file where Open MPI's folder is": {
      spec,
      host: () => createMemoryHost({ folders: { "/etc/openmpi": { mode: 0o755, uid: 0, gid: 0 } } }),
    },
    "takes the default hostfile from a node that launches nothing": {
      spec: secondary,
      host: () => host({ [openMpi]: block4 }),
    },
    "sets Open MPI 5 and its launcher": { spec, host: () => host(version5) },
    "makes MPICH's folder and file": { spec, host: () => host(mpich) },
    "K9: sets every MPI that is installed": { spec, host: () => host({ ...version4, ...mpich }) },
  });

  it("K12: starts a line of its own behind the packaged file's last line, which has no line feed", async () => {
    expect(await converged(version4)).toEqual({ openMpi: `${packaged}\n${block4}`, prrte: undefined, ucx: undefined });
  });

  it("tells Open MPI 5's launcher and PMIx in the launcher's own file, and nothing that version 5 does not know", async () => {
    expect(await converged(version5)).toEqual({
      openMpi: `${packaged}\n${block5}`,
      prrte: `# PRRTE's\n${blockPrrte}`,
      ucx: undefined,
    });
  });

  describe("H35: where a node has more slots than cores", () => {
    const policy = "hwloc_default_binding_policy = core:overload-allowed";
    const overloaded = { ...spec, overloads: true };
    const prrteOf = async (theirs: string) => {
      const [, change] = await plan(host({ ...version5, [prrte]: theirs }), overloaded);
      return change?.file.content.toString();
    };

    it("lets Open MPI 5 bind two ranks to one core, which it refuses by itself", async () => {
      expect(await prrteOf("")).toBe(blockPrrte.replace("# END", `${policy}\n# END`));
    });

    it("leaves Open MPI 4 and MPICH as they are, which run such ranks", async () => {
      for (const files of [version4, mpich])
        expect(await plan(host(files), overloaded)).toEqual(await plan(host(files), spec));
    });

    it.each([
      "hwloc_default_binding_policy = none",
      "prte_hwloc_default_binding_policy=none",
      "rmaps_default_mapping_policy = :OVERSUBSCRIBE",
    ])("gives way to the operator's own setting: %s", async (line) => {
      expect(await prrteOf(`${line}\n`)).toBe(`${line}\n${blockPrrte}`);
      const before = `${line}\n${blockPrrte.replace("# END", `${policy}\n# END`)}`;
      expect(await prrteOf(before)).toBe(`${line}\n${blockPrrte}`);
    });

    it("takes no comment of the operator's for a setting", async () => {
      expect(await prrteOf("# hwloc_default_binding_policy = none\n")).toContain(policy);
    });

    it("finds nothing to do the second time (K13)", async () => {
      const on = host(version5);
      for (const change of await plan(on, overloaded)) await mpiParametersResource.apply(change, on, signal);
      expect(await plan(on, overloaded)).toEqual([]);
    });

    it("takes the setting away once no node has", async () => {
      const on = host({ ...version5, [openMpi]: block5, [prrte]: blockPrrte.replace("# END", `${policy}\n# END`) });
      expect((await plan(on)).map(({ file }) => file.content.toString())).toEqual([blockPrrte]);
    });
  });

  it("takes version 4's settings away when version 5 has come", async () => {
    expect((await converged({ ...version5, [openMpi]: `${packaged}\n${block4}` })).openMpi).toBe(
      `${packaged}\n${block5}`,
    );
  });

  it("E2: names a NIC only to MPICH, which knows no networks, and by the name that holds the cluster's address here", async () => {
    const { openMpi: one, ucx: other } = await converged({ ...version4, ...mpich });
    expect(other).toBe(blockOf("UCX_NET_DEVICES=enp0s8"));
    expect(one).not.toMatch(/enp0s|eth/);
  });

  it("E14: passes over NICs of other networks, as Docker's, and names all of the cluster's", async () => {
    const two = [...addresses, { interface: "enp0s9", address: "192.168.56.111" }, addresses[3] ?? []].flat();
    const on = createMemoryHost({ files: mpich, addresses: two, folders: { "/etc": { mode: 0o755, uid: 0, gid: 0 } } });
    const [change] = await plan(on);
    expect(change?.file.content.toString()).toBe(blockOf("UCX_NET_DEVICES=enp0s8,enp0s9"));
  });

  it("refuses to name a NIC for MPICH where none is on the cluster's network", async () => {
    const away = createMemoryHost({ files: mpich, addresses: addresses.slice(0, 3) });
    await expect(plan(away)).rejects.toThrow("no network interface has an address in 192.168.56.0/24");
  });

  it("makes no file for what is not installed", async () => {
    expect(await plan(host())).toEqual([]);
  });

  it("takes its lines from the file of an MPI that is gone", async () => {
    const gone = { [ucx]: `UCX_LOG_LEVEL=error\n${blockOf("UCX_NET_DEVICES=enp0s8")}` };
    expect((await converged(gone)).ucx).toBe("UCX_LOG_LEVEL=error\n");
  });

  it("stands behind the operator's own line of the same name, since the last one counts", async () => {
    const theirs = "btl_tcp_if_include = 10.0.0.0/8\n";
    expect((await converged({ [openMpi]: `${block4}${theirs}` })).openMpi).toBe(`${theirs}${block4}`);
  });

  it("stands before the operator's sections in MPICH's file, in one of which it would hold for some machines only", async () => {
    const theirs = "UCX_LOG_LEVEL=error\n[AMD Rome]\nUCX_TLS=tcp\n";
    expect((await converged({ ...mpich, [ucx]: theirs })).ucx).toBe(`${blockOf("UCX_NET_DEVICES=enp0s8")}${theirs}`);
  });

  it.each([
    [openMpi, "oob_tcp_if_exclude=lo", version4],
    [openMpi, "btl_tcp_if_exclude = lo", version5],
    [prrte, "prte_if_exclude = lo", version5],
    [prrte, "oob_tcp_if_include = 10.0.2.0/24", version5],
    [ucx, "UCX_NET_DEVICES=mlx5_0:1", mpich],
  ])("refuses to stand in %s beside %s", async (path, line, files) => {
    const setting = line.split(/[ =]/)[0];
    await expect(plan(host({ ...files, [path]: `${line}\n` }))).rejects.toThrow(
      expect.objectContaining({ name: "ConflictError", message: expect.stringContaining(`${path} sets ${setting},`) }),
    );
  });

  it("lets a comment say what it likes", async () => {
    const theirs = "# btl_tcp_if_exclude = lo\n";
    expect((await converged({ [openMpi]: theirs })).openMpi).toBe(`${theirs}${block4}`);
  });

  it("K13: finds nothing to do the second time", async () => {
    const on = host({ ...version5, ...mpich });
    for (const change of await plan(on)) await mpiParametersResource.apply(change, on, signal);
    expect(await plan(on)).toEqual([]);
  });

  it.each(["192.168.56.10/24", "192.168.56.255/24"])("E2: writes the exact network for %s", async (subnet) => {
    const on = host(version4);
    const [change] = mpiParametersResource.plan(
      { ...spec, subnet },
      await mpiParametersResource.read(spec, on, signal),
    );
    expect(change?.file.content.toString()).toBe(`${packaged}\n${block4}`);
  });

  it.each(["192.168.56.0", "192.168.56.0/33", "192.168.56.0/24\nx=y", "eth0"])(
    "refuses %j as a network",
    async (subnet) => {
      const observed = await mpiParametersResource.read(spec, host(version4), signal);
      expect(() => mpiParametersResource.plan({ ...spec, subnet }, observed)).toThrow("is not a network");
    },
  );
});
