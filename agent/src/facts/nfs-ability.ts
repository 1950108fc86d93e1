import type { NfsAbility } from "./facts.ts";
import type { Machine } from "./machine.ts";

type Side = {
  /** As /proc/filesystems names it once it is loaded. */
  readonly filesystem: string;
  /** Below the kernel's modules. */
  readonly folder: string;
  readonly module: string;
};

const server: Side = { filesystem: "nfsd", folder: "kernel/fs/nfsd", module: "nfsd" };
/** NFSv4 is the one that the mounts use. */
const client: Side = { filesystem: "nfs4", folder: "kernel/fs/nfs", module: "nfsv4" };

/** PID 1 leaves it where systemd runs in a container, and systemd-detect-virt(1) goes by it. */
const containerMark = "/run/systemd/container";

/**
 * Tells what the running kernel can do with NFS: loaded, built in, or there to be loaded.
 *
 * A container sees what its host has loaded, for purposes of its own and perhaps not for
 * long, and cannot load a module: there it counts only beside that kernel's modules, by
 * whose presence the container is let at its host's kernel.
 */
export async function readNfsAbility(
  machine: Pick<Machine, "readText" | "list">,
  kernelRelease: string,
): Promise<NfsAbility> {
  const modules = `/lib/modules/${kernelRelease}`;
  const filesystems = parseFilesystems((await machine.readText("/proc/filesystems")) ?? "");
  const ours = (await machine.readText(containerMark)) === undefined || (await machine.list(modules)).length > 0;
  const builtIn = (await machine.readText(`${modules}/modules.builtin`)) ?? "";
  const can = async ({ filesystem, folder, module }: Side) =>
    (ours && filesystems.has(filesystem)) ||
    builtIn.split("\n").includes(`${folder}/${module}.ko`) ||
    (await machine.list(`${modules}/${folder}`)).some((name) => isModule(name, module));
  return { server: await can(server), client: await can(client) };
}

/** The last word of each line is the name: "nodev\tnfs4". See proc(5). */
function parseFilesystems(text: string): ReadonlySet<string> {
  return new Set(text.split("\n").map((line) => line.split("\t").at(-1) ?? ""));
}

/** Distributions compress modules: nfsd.ko, nfsd.ko.xz, nfsd.ko.zst. */
function isModule(fileName: string, module: string): boolean {
  return (
    fileName === `${module}.ko` ||
    (/^\.ko\.(gz|xz|zst)$/.test(fileName.slice(module.length)) && fileName.startsWith(module))
  );
}
