import { exportOptionProblem, type SpecOf } from "@cowherd/proto";
import { describe, expect, it } from "vitest";
import type { Host } from "../host/host.ts";
import { createMemoryHost, type MemoryHostSeed } from "../host/memory-host.ts";
import { nfsExportResource } from "./nfs-export.ts";
import { resourceContract } from "./resource.contract.ts";

const signal = new AbortController().signal;
const path = "/home/mpihpc/shared";
const clients = "192.168.56.0/24";
const options = ["rw", "sync", "no_root_squash", "no_subtree_check"];
const spec = { id: "shared-export", requires: [], kind: "nfsExport", path, clients, options } as const;
const line = `${path} ${clients}(${options.join(",")})\n`;
const block = `# BEGIN COWHERD\n${line}# END COWHERD\n`;
const folders = { [path]: { mode: 0o755, uid: 7777, gid: 7777 } };
const etabFlags =
  "rw,sync,wdelay,hide,nocrossmnt,secure,no_root_squash,no_all_squash,no_subtree_check,secure_locks,acl,no_pnfs,anonuid=65534,anongid=65534,sec=sys,rw,secure,no_root_squash,no_all_squash";
const live = { path, clients, options: etabFlags.split(",") };
const serving = { enabled: true, running: true, exports: [live] };

const holding = (exports: string, seed: MemoryHostSeed = {}) =>
  createMemoryHost({ folders, ...seed, files: { "/etc/exports": exports } });
const textOf = async (host: Host) => (await host.files.read("/etc/exports"))?.content.toString("latin1");

async function planned(host: Host, wanted: SpecOf<"nfsExport"> = spec) {
  return nfsExportResource.plan(wanted, await nfsExportResource.read(wanted, host, signal));
}

async function converged(host: Host) {
  for (const change of await planned(host)) await nfsExportResource.apply(change, host, signal);
  expect(await planned(host)).toEqual([]);
  return textOf(host);
}

describe("NFS export", () => {
  resourceContract(nfsExportResource, {
    "makes the file": { spec, host: () => createMemoryHost({ folders }) },
    "replaces an older block": { spec, host: () => holding(block.replace("/24", "/16"), { nfsServer: serving }) },
    "starts a server that is off": { spec, host: () => holding(block) },
    "enables a server that would not start with the machine": {
      spec,
      host: () => holding(block, { nfsServer: { ...serving, enabled: false } }),
    },
    "exports what the server does not export yet": {
      spec,
      host: () => holding(block, { nfsServer: { ...serving, exports: [] } }),
    },
    "exports anew what the server exports otherwise": {
      spec,
      host: () => holding(block, { nfsServer: { ...serving, exports: [{ ...live, options: ["ro", "sync"] }] } }),
    },
  });

  it("K13: has nothing to do where the server exports it, by exportfs's own words", async () => {
    expect(await planned(holding(block, { nfsServer: serving }))).toEqual([]);
  });

  it("F6: keeps foreign lines byte for byte, also a last one without an end", async () => {
    const foreign = "# mine\r\n/srv/b\xfcro *(ro)\n/srv/other 10.0.0.0/8(rw)";
    const host = createMemoryHost({
      folders,
      files: { "/etc/exports": { content: Buffer.from(foreign, "latin1"), mode: 0o600, uid: 0, gid: 5 } },
    });
    expect(await converged(host)).toBe(`${foreign}\n${block}`);
    expect(await host.files.read("/etc/exports")).toMatchObject({ mode: 0o600, uid: 0, gid: 5 });
  });

  it.each([
    ["as it is", line],
    ["in another order", `${path}   ${clients}(no_subtree_check,no_root_squash,rw)\n`],
    ["with a mask in numbers", `${path} 192.168.56.0/255.255.255.0(rw,sync,no_root_squash,no_subtree_check)\n`],
  ])("F6: takes a line written by hand for its own, %s, and makes no second one", async (_how, foreign) => {
    expect(await converged(holding(foreign))).toBe(foreign);
  });

  it("F6: drops its line once somebody wrote the same by hand", async () => {
    expect(await converged(holding(line + block, { nfsServer: serving }))).toBe(line);
  });

  it("F6: lets the manual's line for everybody stand beside the cluster's network", async () => {
    const manual = `${path} *(rw,sync,no_root_squash,no_subtree_check)\n`;
    expect(await converged(holding(manual))).toBe(manual + block);
  });

  it("F6: refuses beside a line for the same clients that means something else", async () => {
    const host = holding(`${path} ${clients}(ro)\n`);
    await expect(planned(host)).rejects.toMatchObject({
      name: "ConflictError",
      message: expect.stringMatching(/\(ro\).*\(rw,sync.*remove that line/),
    });
  });

  it("plans to export a folder that is yet to be made, and refuses once it was not", async () => {
    const host = createMemoryHost({ folders: { "/home/mpihpc": folders[path] }, nfsServer: serving });
    expect((await planned(host)).map(nfsExportResource.describe)).toEqual([
      "write /etc/exports",
      `export ${path} to ${clients}`,
    ]);
    await expect(converged(host)).rejects.toMatchObject({ name: "NoSuchFolderError" });
    expect((await planned(host)).map(nfsExportResource.describe)).toEqual([`export ${path} to ${clients}`]);
    await host.files.makeFolder(path, { mode: 0o755, uid: 7777, gid: 7777 });
    expect(await converged(host)).toBe(block);
  });

  it("refuses to export what is no folder", async () => {
    await expect(planned(createMemoryHost({ files: { [path]: "" } }))).rejects.toThrow("is not a folder");
  });

  it.each(["/home", path])("refuses the link %s, which the server's table would not show", async (link) => {
    await expect(planned(createMemoryHost({ folders, links: [link] }))).rejects.toMatchObject({
      name: "ConflictError",
      message: `${path} leads through the link ${link}: name the real path in cluster.yaml (shared.path, user.home)`,
    });
  });

  it("says that the kernel cannot serve", async () => {
    const host = createMemoryHost({ folders, nfsServer: { cannotServe: true } });
    await expect(converged(host)).rejects.toThrow("kernel cannot serve NFS");
  });

  it("F4: exports to a network or to everybody, and never to names", async () => {
    const host = () => createMemoryHost({ folders });
    expect(await planned(host(), { ...spec, clients: "*" })).not.toEqual([]);
    for (const wrong of ["secondary1", "*.example.org", "@netgroup", "192.168.56.11", "", "*(rw) /etc *"])
      await expect(planned(host(), { ...spec, clients: wrong })).rejects.toMatchObject({ name: "RefusedSpecError" });
  });

  it.each(["", "rw)", "rw,ro", "refer=/x@evil", "replicas=/x@h", "mountpoint", "sec=none", "rw\n/ *(rw", "fsid=../x"])(
    "refuses %j for an option, in the words in which cluster.yaml is refused",
    async (option) => {
      const wrong = { ...spec, options: ["rw", option] };
      await expect(planned(createMemoryHost({ folders }), wrong)).rejects.toMatchObject({
        name: "RefusedSpecError",
        message: `${JSON.stringify(option)} ${exportOptionProblem(option)}`,
      });
    },
  );

  it.each([
    { path: "/etc" },
    { path: "/home/x y" },
    { path: "/home/../etc/x" },
    { options: ["rw", "refer=/x@h"] },
    { options: ["rw) /etc *(rw"] },
    { options: [] },
  ])("refuses %j", async (wrong) => {
    await expect(planned(createMemoryHost({ folders }), { ...spec, ...wrong })).rejects.toMatchObject({
      name: "RefusedSpecError",
    });
  });
});
