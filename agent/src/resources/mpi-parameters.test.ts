import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../host/memory-host.ts";
import { mpiParametersResource } from "./mpi-parameters.ts";
import { resourceContract } from "./resource.contract.ts";

const signal = new AbortController().signal;
const path = "/etc/openmpi/openmpi-mca-params.conf";
const spec = {
  id: "mpi",
  requires: [],
  kind: "mpiParameters",
  subnet: "192.168.56.0/24",
  defaultHostfile: "/home/mpihpc/.cluster_hostfile",
} as const;
const { defaultHostfile: _none, ...secondary } = spec;
const network = "btl_tcp_if_include = 192.168.56.0/24\noob_tcp_if_include = 192.168.56.0/24\n";
const block = `# BEGIN COWHERD\n${network}orte_default_hostfile = /home/mpihpc/.cluster_hostfile\n# END COWHERD\n`;
const packaged = "# comments\npml = ^ucx\nosc = ^ucx,pt2pt"; // Debian's file ends so, without a line feed
const holding = (text: string) => createMemoryHost({ files: { [path]: text } });

async function converged(before: string): Promise<string | undefined> {
  const host = holding(before);
  for (const change of mpiParametersResource.plan(spec, await mpiParametersResource.read(spec, host, signal))) {
    await mpiParametersResource.apply(change, host, signal);
  }
  return (await host.files.read(path))?.content.toString();
}

describe("MPI parameters", () => {
  resourceContract(mpiParametersResource, {
    "adds the block to the packaged file": { spec, host: () => holding(packaged) },
    "makes an absent file": {
      spec,
      host: () => createMemoryHost({ folders: { "/etc/openmpi": { mode: 0o755, uid: 0, gid: 0 } } }),
    },
    "takes the default hostfile from a node that launches nothing": { spec: secondary, host: () => holding(block) },
  });

  it("starts a line of its own behind the packaged file's last line", async () => {
    expect(await converged(packaged)).toBe(`${packaged}\n${block}`);
  });

  it("stands behind the operator's own line of the same name, since the last one counts", async () => {
    const theirs = "btl_tcp_if_include = 10.0.0.0/8\n";
    expect(await converged(`${block}${theirs}`)).toBe(`${theirs}${block}`);
  });

  it("refuses to stand beside a setting that makes mpirun end", () => {
    const stored = { content: Buffer.from("oob_tcp_if_exclude=lo\n"), mode: 0o644, uid: 0, gid: 0 };
    expect(() => mpiParametersResource.plan(spec, stored)).toThrow(
      expect.objectContaining({ name: "ConflictError", message: expect.stringContaining("sets oob_tcp_if_exclude") }),
    );
  });

  it("says that Open MPI is missing where it is", async () => {
    const host = createMemoryHost({});
    const [change] = mpiParametersResource.plan(spec, undefined);
    await expect(change && mpiParametersResource.apply(change, host, signal)).rejects.toThrow(
      "Open MPI is not installed",
    );
  });

  it.each(["192.168.56.0", "192.168.56.0/33", "192.168.56.0/24\nx=y", "eth0"])("refuses %j as a network", (subnet) => {
    expect(() => mpiParametersResource.plan({ ...spec, subnet }, undefined)).toThrow("is not a network");
  });
});
