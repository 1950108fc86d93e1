import { lstat, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { UnwritableFileError } from "../commands/command-error.ts";
import { fileProblem } from "../file-problem.ts";
import { credentialFiles } from "../link/credentials-folder.ts";

/** PEM texts. */
export type NewCredentials = { readonly key: string; readonly certificate: string; readonly authority: string };

/** Makes the folder where it is absent; throws UnwritableFileError where one of the files stands in it already. */
export async function requireFreshFolder(folder: string): Promise<void> {
  await attempt(folder, () => mkdir(folder, { recursive: true, mode: 0o700 }));
  for (const file of Object.values(credentialFiles)) {
    const path = join(folder, file);
    if (await exists(path)) throw new UnwritableFileError(path, "it exists already");
  }
}

/**
 * Writes all of them durably, or leaves none of its own behind. Never follows a link or
 * overwrites a file: throws UnwritableFileError instead.
 */
export async function writeCredentials(folder: string, credentials: NewCredentials): Promise<void> {
  const made: string[] = [];
  try {
    await create(join(folder, credentialFiles.key), credentials.key, 0o600, made);
    await create(join(folder, credentialFiles.certificate), credentials.certificate, 0o644, made);
    await create(join(folder, credentialFiles.authority), credentials.authority, 0o644, made);
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
