import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { UnfitMachineError } from "../lab-error.ts";
import type { Architecture } from "../machine/architecture.ts";
import { checkCommand } from "../machine/command.ts";
import { type ArchiveEntry, cpioArchive, withFolders } from "../machine/cpio.ts";
import { cachedFolder, type Report } from "./cached-folder.ts";
import type { DistributionSources } from "./machine-apt.ts";
import { repositoryOf } from "./package-repository.ts";
import { installIn, runIn } from "./root-commands.ts";

/** Raise this when the steps below change what they make. */
const STEPS = 1;

/** What a machine with a kernel of its own has beside a container, before anybody has touched it. */
const PACKAGES = ["initramfs-tools", "netplan.io", "systemd-resolved", "qemu-guest-agent"];

/** Needed to boot, and not installed. */
const BUSYBOX = "busybox-static";

/** Only what is written takes room. */
const DISK_SIZE = "16G";

const FILES: Readonly<Record<string, string>> = {
  "/etc/fstab": "# <file system> <mount point> <type> <options> <dump> <pass>\n/dev/vda / ext4 errors=remount-ro 0 1\n",
};

/** What a kernel that is started by itself needs before it can mount its disk. */
const BOOT_MODULES = ["virtio_pci", "virtio_blk", "ext4"];

/**
 * Debian's own initrd takes ten seconds of an emulated processor. This one mounts the disk,
 * puts the files of the host's first boot on it, and is done.
 */
const INIT = `#!/bin/busybox sh
for module in /modules/*; do busybox insmod "$module"; done
busybox mount -t devtmpfs dev /dev
busybox mount -t ext4 /dev/vda /disk || exec busybox sh
[ ! -d /first-boot ] || busybox cp -a /first-boot/. /disk/
busybox mount --move /dev /disk/dev
exec busybox switch_root /disk /sbin/init
`;

/** The files of an image folder. */
export function imageFiles(folder: string): {
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
} {
  return { disk: `${folder}/disk.img`, kernel: `${folder}/vmlinuz`, initrd: `${folder}/initrd.img` };
}

/** Where the initrd finds what it puts onto the disk: paths in an archive that follows it. */
export const FIRST_BOOT = "first-boot";

/**
 * Returns a folder with the disk of a plain server that has never booted, made from `root`
 * with a kernel and netplan, with `installed`, and with what boots it.
 */
export async function vmImage(
  distribution: DistributionSources,
  { kernelPackage }: Architecture,
  root: string,
  installed: readonly string[],
  report: Report,
): Promise<string> {
  const packages = [kernelPackage, ...PACKAGES, ...installed];
  const repository = await repositoryOf("vm-packages", [...packages, BUSYBOX], distribution, root, report);
  const files = Object.entries(FILES).flat();
  const recipe = { steps: STEPS, root: basename(root), repository: basename(repository), files, init: INIT };
  return cachedFolder("vm-image", recipe, report, async (folder) => {
    const draft = `${folder}/root`;
    const { disk, kernel, initrd } = imageFiles(folder);
    await checkCommand(["cp", "--archive", "--reflink=auto", "--", root, draft]);
    await installIn(draft, repository, packages);
    for (const [path, content] of Object.entries(FILES)) await writeFile(`${draft}${path}`, content);
    const version = await onlyEntry(`${draft}/lib/modules`);
    await copyFile(`${draft}/boot/vmlinuz-${version}`, kernel);
    const busybox = await unpackBusybox(repository, `${folder}/busybox`);
    await writeFile(initrd, await initrdOf(draft, version, busybox));
    await makeDisk(draft, disk);
    await rm(`${folder}/busybox`, { recursive: true });
    await rm(draft, { recursive: true });
  });
}

async function initrdOf(root: string, version: string, busybox: Uint8Array): Promise<Uint8Array> {
  const listed = await runIn(
    root,
    [],
    ["modprobe", `--set-version=${version}`, "--show-depends", "--all", ...BOOT_MODULES],
  );
  const modules = await Promise.all(
    pickModules(listed).map(async (path, index): Promise<ArchiveEntry> => {
      const name = `modules/${String(index).padStart(2, "0")}-${basename(path)}`; // loaded in the order of their names
      return { path: name, mode: 0o644, content: await readFile(`${root}${path}`) };
    }),
  );
  const programs: readonly ArchiveEntry[] = [
    { path: "init", mode: 0o755, content: Buffer.from(INIT) },
    { path: "bin/busybox", mode: 0o755, content: busybox },
  ];
  const folders: readonly ArchiveEntry[] = ["dev", "disk"].map((path) => ({ path, mode: 0o755 }));
  return cpioArchive([...folders, ...withFolders([...programs, ...modules])]);
}

/** The files that modprobe(8) would load, each once, in its order. What is built into the kernel has none. */
export function pickModules(shown: string): readonly string[] {
  const paths = shown.split("\n").flatMap((line) => /^insmod (\S+)/.exec(line)?.[1] ?? []);
  return [...new Set(paths)];
}

async function unpackBusybox(repository: string, folder: string): Promise<Uint8Array> {
  const archive = (await readdir(repository)).find((name) => name.startsWith(`${BUSYBOX}_`));
  if (archive === undefined) throw new UnfitMachineError(`the distribution has no ${BUSYBOX}`);
  await mkdir(folder);
  await checkCommand(["dpkg-deb", "--extract", `${repository}/${archive}`, folder]);
  const [found] = (await checkCommand(["find", folder, "-name", "busybox", "-type", "f", "-path", "*bin/*"])).split(
    "\n",
  );
  return readFile(found ?? "");
}

async function makeDisk(root: string, disk: string): Promise<void> {
  await chmod(root, 0o755);
  const now = "lazy_itable_init=0,lazy_journal_init=0"; // or every guest does it, and slowly
  await checkCommand(["mkfs.ext4", "-q", "-L", "root", "-E", now, "-d", root, disk, DISK_SIZE]);
}

async function onlyEntry(folder: string): Promise<string> {
  const [entry, ...others] = await readdir(folder);
  if (entry === undefined || others.length > 0)
    throw new Error(`${folder} holds ${others.length + (entry ? 1 : 0)} kernels`);
  return entry;
}
