import type { SpecOf } from "@cowherd/proto";
import { describe, expect, it } from "vitest";
import type { Host } from "../host/host.ts";
import { createMemoryHost, type MemoryHostSeed } from "../host/memory-host.ts";
import type { MemoryMountsSeed } from "../host/memory-mounts.ts";
import type { MountHealth } from "../host/mounts.ts";
import { mountOptions, nfsMountResource } from "./nfs-mount.ts";
import { resourceContract } from "./resource.contract.ts";

const signal = new AbortController().signal;
const path = "/home/mpihpc/shared";
const address = "192.168.56.10";
const spec = {
  id: "shared-mount",
  requires: [],
  kind: "nfsMount",
  server: "primary",
  serverAddress: address,
  remotePath: path,
  path,
} as const;
const source = `primary:${path}`;
const block = `# BEGIN COWHERD\n${source} ${path} nfs ${mountOptions} 0 0\n# END COWHERD\n`;
const root = { mode: 0o755, uid: 0, gid: 0 };
const automount = { type: "autofs", source: "systemd-1", serverAddress: undefined };
const nfs = { type: "nfs4", source, serverAddress: address };
const loaded = { [path]: { source, options: mountOptions } };
const servers = { primary: address };
const folders = { [path]: root };

const host = (mounts: MemoryMountsSeed = {}, seed: MemoryHostSeed = {}) =>
  createMemoryHost({ folders, ...seed, mounts: { servers, ...mounts } });
/** A host on which all is as it should be, but for `mounts`. */
const settled = (mounts: MemoryMountsSeed = {}) =>
  host({ mounted: { [path]: [automount, nfs] }, loaded, ...mounts }, { files: { "/etc/fstab": block } });

async function planned(on: Host, wanted: SpecOf<"nfsMount"> = spec) {
  return nfsMountResource.plan(wanted, await nfsMountResource.read(wanted, on, signal));
}

async function converged(on: Host) {
  const changes = await planned(on);
  for (const change of changes) await nfsMountResource.apply(change, on, signal);
  expect(await planned(on)).toEqual([]);
  return changes.map(nfsMountResource.describe);
}

/** The host, on which whoever stats or lists a folder, or looks for links at `hanging`, meets a mount that hangs. */
function untouchable(on: Host, hanging?: string): Host {
  const hangs = () => Promise.reject(new Error("the mount was touched"));
  const firstLink = (at: string) => (at === hanging ? hangs() : on.files.firstLink(at));
  return { ...on, files: { ...on.files, stat: hangs, list: hangs, firstLink } };
}

const fstabOf = async (on: Host) => (await on.files.read("/etc/fstab"))?.content.toString("latin1");

describe("NFS mount", () => {
  resourceContract(nfsMountResource, {
    "makes file, folder and mount": {
      spec,
      host: () => host({}, { folders: { "/home/mpihpc": root } }),
    },
    "replaces an older block": {
      spec,
      host: () => host({}, { files: { "/etc/fstab": block.replace("hard", "soft") } }),
    },
    "loads what a killed agent wrote": {
      spec,
      host: () => host({}, { files: { "/etc/fstab": block } }),
    },
    "sets an automount up that is gone": { spec, host: () => settled({ mounted: {} }) },
    "F2: mounts a stale folder afresh": {
      spec,
      host: () => settled({ ailing: { [path]: { state: "stale", reason: "Stale file handle" } } }),
    },
    "mounts a folder afresh that hangs although its server answers": {
      spec,
      host: () => settled({ ailing: { [path]: { state: "hung", reason: "no end" } } }),
    },
    "F6: mounts anew what it mounted from a server that has another address now": {
      spec,
      host: () => settled({ mounted: { [path]: [automount, { ...nfs, serverAddress: "192.168.56.99" }] } }),
    },
    "F6: mounts anew what its block had from another server": {
      spec,
      host: () =>
        host(
          { mounted: { [path]: [automount, { ...nfs, source: `old:${path}` }] }, loaded },
          { files: { "/etc/fstab": block.replace("primary:", "old:") } },
        ),
    },
  });

  it("K13: has nothing to do where it is mounted and works", async () => {
    expect(await planned(settled())).toEqual([]);
  });

  it("has nothing to do where systemd leaves out what it keeps for itself", async () => {
    const options = mountOptions.replace(",_netdev,nofail,x-systemd.automount,x-systemd.mount-timeout=30", "");
    expect(options).not.toContain("systemd");
    expect(await planned(settled({ loaded: { [path]: { source, options } } }))).toEqual([]);
    expect(await planned(settled({ loaded: { [path]: { source, options: `${options},soft` } } }))).not.toEqual([]);
  });

  it("F3: lets no boot wait", () => {
    for (const option of ["nofail", "_netdev", "x-systemd.automount", "x-systemd.mount-timeout=30"])
      expect(mountOptions.split(",")).toContain(option);
  });

  it("makes the folder root's, so that nobody else writes beneath the mount", async () => {
    const on = host({}, { folders: { "/home/mpihpc": { mode: 0o750, uid: 7777, gid: 7777 } } });
    await converged(on);
    expect(await on.files.stat(path)).toEqual({ type: "folder", ...root });
  });

  it("F6: leaves a folder that is mounted already from the right server, and sees to the next boot", async () => {
    const on = host({ mounted: { [path]: [nfs] } }, { files: { "/etc/fstab": `${source} ${path} nfs\n` } });
    expect(await converged(on)).toEqual(["write /etc/fstab", `set up the automount at ${path}`]);
    expect((await on.mounts.look(path)).mounted).toEqual([nfs]);
    expect(await fstabOf(on)).toMatch(/^# Cowherd .*: primary:\S+ \S+ nfs\n# BEGIN COWHERD\n/);
  });

  it.each([
    ["a disk", [{ type: "ext4", source: "/dev/sdb1", serverAddress: undefined }]],
    ["another server's folder", [{ type: "nfs4", source: "nas:/export", serverAddress: "10.0.0.9" }]],
    ["somebody's own automounter", [{ type: "autofs", source: "/etc/auto.home", serverAddress: undefined }]],
  ])("F6: refuses to take away %s, and names it", async (_what, mounted) => {
    const on = host({ mounted: { [path]: mounted } });
    await expect(planned(on)).rejects.toMatchObject({
      name: "ConflictError",
      message: expect.stringContaining(`${mounted[0]?.source} (`),
    });
    expect(await fstabOf(on)).toBeUndefined();
  });

  it("F10: refuses to hide files, and names a few of them", async () => {
    const names = ["f", "e", "d", ".c", "b", "a"];
    const on = host({}, { files: Object.fromEntries(names.map((name) => [`${path}/${name}`, ""])) });
    await expect(planned(on)).rejects.toMatchObject({
      name: "ConflictError",
      message: expect.stringMatching(/holds files .*: \.c, a, b, d and more; move them/),
    });
  });

  it("S4: refuses to be mounted over a home, whose .ssh it would hide", async () => {
    const home = "/home/mpihpc";
    const on = createMemoryHost({ files: { [`${home}/.ssh/authorized_keys`]: "" } });
    await expect(planned(on, { ...spec, path: home })).rejects.toThrow(/would hide: \.ssh/);
  });

  it.each(["/home", "/home/mpihpc"])("refuses the link %s on the way, and touches nothing behind it", async (link) => {
    const on = host({ mounted: { "/data/home/mpihpc/shared": [nfs] } }, { links: [link] });
    await expect(planned(untouchable(on))).rejects.toMatchObject({
      name: "ConflictError",
      message: `${path} leads through the link ${link}: name the real path in cluster.yaml (shared.path, user.home)`,
    });
  });

  it("refuses a link at the path itself, and does not follow it", async () => {
    await expect(planned(untouchable(host({}, { links: [path] })))).rejects.toThrow(`leads through the link ${path}:`);
  });

  it("looks for no link at the path where something is mounted, since that alone can hang", async () => {
    expect(await planned(untouchable(settled(), path))).toEqual([]);
  });

  it("refuses a place that is no folder", async () => {
    await expect(planned(createMemoryHost({ files: { [path]: "" } }))).rejects.toThrow("is not a folder");
  });

  it("F1: waits in words for a server that does not answer, and starts nothing that could hang", async () => {
    const on = host({ silent: [address], incurable: { [path]: { state: "hung", reason: "no end" } } });
    for (const change of await planned(on)) await nfsMountResource.apply(change, on, signal);
    await expect(planned(on)).rejects.toMatchObject({
      name: "MountUnwellError",
      message: `primary (${address}) does not answer as an NFS server; ${path} works again as soon as it does`,
    });
    expect((await on.mounts.look(path)).mounted).toEqual([automount]);
  });

  it("mounts nothing and writes nothing in a check, and hears of a silent server all the same", async () => {
    const look = async (on: Host) =>
      nfsMountResource.plan(spec, await nfsMountResource.read(spec, on, signal, "check"));
    const on = settled({ mounted: { [path]: [automount] } });
    const probe = () => Promise.reject(new Error("the mount was touched"));
    expect(await look({ ...on, mounts: { ...on.mounts, probe } })).toEqual([]);
    expect((await on.mounts.look(path)).mounted).toEqual([automount]);
    await expect(look(settled({ silent: [address] }))).rejects.toThrow("does not answer");
  });

  it("leaves the mount of a silent server alone, since it goes on by itself", async () => {
    const on = settled({ silent: [address], ailing: { [path]: { state: "hung", reason: "no end" } } });
    await expect(planned(on)).rejects.toMatchObject({ name: "MountUnwellError" });
  });

  it("F2: leaves the mount of a slow server under the jobs that run in it, and says so", async () => {
    const on = settled({ ailing: { [path]: { state: "slow", reason: "no file could be written" } } });
    await expect(planned(on)).rejects.toMatchObject({
      name: "MountUnwellError",
      message: `primary (${address}) is slow, for longer than a grace period after a restart: in ${path} no file could be written`,
    });
  });

  it("F2: waits out the grace period of a server that was just started, and finds nothing wrong", async () => {
    const on = settled();
    let looks = 0;
    const probe = async (): Promise<MountHealth> => {
      looks += 1;
      return looks < 4 ? { state: "slow", reason: "no file could be written" } : { state: "healthy" };
    };
    expect(await planned({ ...on, mounts: { ...on.mounts, probe } })).toEqual([]);
    expect(looks).toBe(4);
  });

  it("F1: stops to wait for a slow server that falls silent", async () => {
    const on = settled({ ailing: { [path]: { state: "slow", reason: "no file could be written" } } });
    const answers = [true, true, false];
    const mounts = { ...on.mounts, answers: async () => answers.shift() ?? false };
    await expect(planned({ ...on, mounts })).rejects.toThrow("does not answer as an NFS server");
  });

  it("F5: says that the server's name leads nowhere", async () => {
    const on = host({ servers: {} });
    for (const change of await planned(on)) await nfsMountResource.apply(change, on, signal);
    await expect(planned(on)).rejects.toThrow(/does not work: mount\.nfs: Failed to resolve server primary/);
  });

  it.each(["read-only", "refused"] as const)("says why a mount is %s, and takes nothing away", async (state) => {
    const on = settled({ incurable: { [path]: { state, reason: "Read-only file system" } } });
    await expect(planned(on)).rejects.toMatchObject({
      name: "MountUnwellError",
      message: expect.stringContaining("Read-only file system"),
    });
  });

  it("does the file's work before it speaks of the server", async () => {
    const on = host({ silent: [address], mounted: { [path]: [automount] }, loaded });
    expect((await planned(on)).map(nfsMountResource.describe)).toContain("write /etc/fstab");
  });

  it.each([
    { server: "pri mary" },
    { server: "-o" },
    { serverAddress: "primary" },
    { remotePath: "/x y/z" },
    { path: "/etc" },
    { path: "/home/a/../../etc/x" },
    { path: "/home/a\n/b" },
  ])("refuses %j", async (wrong) => {
    await expect(planned(createMemoryHost(), { ...spec, ...wrong })).rejects.toMatchObject({
      name: "RefusedSpecError",
    });
  });
});
