import { mkdir } from "node:fs/promises";
import { LabRequestError } from "../lab-error.ts";
import { checkCommand, runCommand } from "./command.ts";
import { readMountTable } from "./mount-table.ts";

const LOWER = "lowerdir=";

/** A disk that starts as `base` and keeps its own changes in `folder`; `base` is never written to. */
export type Disk = { readonly base: string; readonly folder: string };

/** Gives a disk that was never mounted the changes that another one of the same base has so far. */
export async function copyChanges(from: string, to: string): Promise<void> {
  await mkdir(`${to}/upper`, { recursive: true });
  await checkCommand(["cp", "--archive", "--reflink=auto", "--", `${from}/upper/.`, `${to}/upper`]);
}

/** What a mounted disk started as. Throws LabRequestError if it is not mounted. */
export async function diskBase(folder: string): Promise<string> {
  const mount = (await readMountTable()).find(({ point }) => point === diskRoot(folder));
  const lower = mount?.superOptions.find((option) => option.startsWith(LOWER));
  if (lower === undefined) throw new LabRequestError(`no disk is mounted below ${folder}`);
  return lower.slice(LOWER.length);
}

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

/** Deletes a folder of disks, after making sure that nothing is mounted in it. */
export async function removeDisk(folder: string): Promise<void> {
  await unmountBelow(folder);
  await checkCommand(["rm", "-rf", "--one-file-system", "--", folder]);
}

/** Unmounts everything at or below a folder, the last mount first, even if somebody's shell stands in it. */
export async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readMountTable()).filter(({ point }) => point === folder || point.startsWith(`${folder}/`));
  for (const { point } of mounts.toReversed()) {
    const { exitCode } = await runCommand(["umount", point]);
    if (exitCode !== 0) await checkCommand(["umount", "--lazy", point]); // gone from here now, and for good once nobody uses it
  }
}
