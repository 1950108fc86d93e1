import { lstat, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { UnwritableFileError } from "../commands/command-error.ts";
import { fileProblem } from "../file-problem.ts";

/** A file to be, by its name in a folder. */
export type NewFile = { readonly name: string; readonly content: string; readonly mode: number };

/** Makes the folder where it is absent; throws UnwritableFileError where one of the files stands in it already. */
export async function requireFreshFolder(folder: string, names: readonly string[]): Promise<void> {
  await attempt(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }));
  for (const name of names) {
    const path = join(folder, name);
    if (await exists(path)) throw new UnwritableFileError(path, "it exists already");
  }
}

/**
 * Writes all of them durably, or leaves none of its own behind. Never follows a link or
 * overwrites a file: throws UnwritableFileError instead.
 */
export async function writeNewFiles(folder: string, files: readonly NewFile[]): Promise<void> {
  const made: string[] = [];
  try {
    for (const { name, content, mode } of files) await create(join(folder, name), content, mode, made);
    await syncFolder(folder);
  } catch (error) {
    for (const path of made) await rm(path, { force: true });
    throw error;
  }
}

async function create(path: string, content: string, mode: number, made: string[]): Promise<void> {
  await attempt(path, async () => {
    await using file = await open(path, "wx", mode);
    made.push(path);
    await file.writeFile(content);
    await file.sync();
  });
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder);
  await handle.sync();
}

async function exists(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined); // what cannot be looked at is found out when writing
  return found !== undefined;
}

async function attempt(path: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    throw new UnwritableFileError(path, fileProblem(error));
  }
}
