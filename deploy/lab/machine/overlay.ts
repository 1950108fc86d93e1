import { mkdir } from "node:fs/promises";
import { checkCommand, runCommand } from "./command.ts";
import { readMountTable } from "./mount-table.ts";

/** A disk that starts as `base` and keeps its own changes in `folder`; `base` is never written to. */
export type Disk = { readonly base: string; readonly folder: string };

/** Where the files of a mounted disk are. */
export function diskRoot(folder: string): string {
  return `${folder}/root`;
}

export async function mountDisk({ base, folder }: Disk): Promise<void> {
  const [upper, work, root] = [`${folder}/upper`, `${folder}/work`, diskRoot(folder)];
  for (const path of [upper, work, root]) await mkdir(path, { recursive: true });
  await checkCommand([
    "mount",
    "-t",
    "overlay",
    "-o",
    `lowerdir=${base},upperdir=${upper},workdir=${work}`,
    "cowherd-lab",
    root,
  ]);
}

/** Unmounts everything at or below a folder, the last mount first, even if somebody's shell stands in it. */
export async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readMountTable()).filter(({ point }) => point === folder || point.startsWith(`${folder}/`));
  for (const { point } of mounts.toReversed()) {
    const { exitCode } = await runCommand(["umount", point]);
    if (exitCode !== 0) await checkCommand(["umount", "--lazy", point]); // gone from here now, and for good once nobody uses it
  }
}
